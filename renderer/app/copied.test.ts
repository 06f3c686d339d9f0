import { expect, test } from "vitest";
import { copiedText, textDigest, watchCopies } from "./copied.ts";

const page = (active: unknown, marked: string) =>
  Object.assign(new EventTarget(), {
    activeElement: active as Element | null,
    getSelection: () => ({ toString: () => marked }),
  });
const field = { tagName: "TEXTAREA", value: "BP 120/80", selectionStart: 3, selectionEnd: 9 };

test("What is copied out of a field is its marked part; elsewhere it is what is marked on the page", () => {
  expect([
    copiedText(page(field, "")),
    copiedText(page({ ...field, selectionEnd: 3 }, "AL-OTAIBI, Sara")),
    copiedText(page({ tagName: "BUTTON" }, "4410023")),
    copiedText(page(null, "")),
  ]).toEqual(["120/80", "AL-OTAIBI, Sara", "4410023", ""]);
});

test("A PIN is never copied", () => {
  const pin = { tagName: "INPUT", type: "password", value: "739205", selectionStart: 0 };
  expect(copiedText(page({ ...pin, selectionEnd: 6 }, "739205"))).toBe("");
});

test("The digest of a copied text is its SHA-256, whatever line ends the clipboard makes of it", async () => {
  expect(await textDigest("abc", crypto.subtle)).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
  expect(await textDigest("a\r\nb", crypto.subtle)).toBe(await textDigest("a\nb", crypto.subtle));
});

test("A copy puts plain text on the clipboard and tells its digest; an empty one tells nothing", async () => {
  const told: string[] = [];
  const put: string[] = [];
  const target = page(null, "abc");
  const stop = watchCopies(target as never, crypto.subtle, (digest) => told.push(digest));
  const copy = () =>
    Object.assign(new Event("copy", { cancelable: true }), {
      clipboardData: { setData: (kind: string, text: string) => put.push(`${kind} ${text}`) },
    });
  const first = copy();
  target.dispatchEvent(first);
  target.getSelection = () => ({ toString: () => "" });
  const second = copy();
  target.dispatchEvent(second);
  await expect.poll(() => told).toHaveLength(1);
  expect(told[0]).toMatch(/^ba7816bf/u);
  expect([put, first.defaultPrevented, second.defaultPrevented]).toEqual([
    ["text/plain abc"],
    true,
    false,
  ]);
  stop();
  target.getSelection = () => ({ toString: () => "abc" });
  target.dispatchEvent(copy());
  expect(put).toHaveLength(1);
});
