import type { SlotPlace } from "../vault/index.ts";
import { fileHead } from "./pages.ts";
import { copyUnderKey, keyOpens, removeDatabase, takePlace, type Step } from "./rekey.ts";
import { rewrapSlots } from "./rekey-sealed.ts";
import { putInPlace } from "./set-aside.ts";

/** Beside the journal while a copy of it is made. */
export function nextJournal(file: string): string {
  return `${file}.next`;
}

/**
 * The journal under the next device key, its slots wrapped anew, in the journal's place. Nobody may have it open. Does
 * nothing but tidy up when it is under the next key already.
 * @returns what of it was there: `no-journal`, `already`, or `moved`
 * @throws StoreError: the journal is as it was, under the old key
 */
export function moveJournal(input: {
  readonly file: string;
  readonly from: SlotPlace;
  readonly to: SlotPlace;
  readonly meta: Readonly<Record<string, string>>;
  readonly step: Step;
}): "no-journal" | "already" | "moved" {
  const { file, from, to, step } = input;
  const copy = nextJournal(file);
  // As opening does: a salvage that was cut off after its file was whole ends here, under the key it was made with.
  putInPlace(file);
  const head = fileHead(file);
  // For the caller to judge: nothing is closed by the key of a journal that is not there.
  if (head === "missing" || head === "empty") return "no-journal";
  if (keyOpens(file, to.deviceKey)) {
    removeDatabase(copy);
    return "already";
  }
  copyUnderKey({
    from: file,
    to: copy,
    oldKey: from.deviceKey,
    newKey: to.deviceKey,
    change: {
      tables: ["slots", "meta"],
      make(db) {
        rewrapSlots(db, from, to);
        for (const [name, value] of Object.entries(input.meta))
          db.sql("INSERT OR REPLACE INTO meta VALUES (?, ?)").run(name, value);
      },
    },
    step,
  });
  takePlace(copy, file);
  step("in-place");
  return "moved";
}
