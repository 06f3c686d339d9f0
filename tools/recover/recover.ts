import { actBundle } from "../../electron/service/sync/act-bundle.ts";
import { recoverEscrow, verifyActSignature } from "../../electron/service/vault/index.ts";
import { isAboutAnother, SignedAct, type RosterEntry } from "../../shared/trust/index.ts";

/** One act of an escrow file, as IT must judge it. */
export interface Recovered {
  readonly number: number;
  readonly uuid: string;
  /** A tombstone says the HIS has it. Tombstones carry no signature: look at the HIS before leaving it out. */
  readonly sent: boolean;
  /**
   * `valid`: signed by the clinician it names. `unknown-author`: no roster entry was given for her. `broken`: its content
   * or author was changed after it was signed; it must not be entered in anybody's name.
   */
  readonly signature: "valid" | "broken" | "unknown-author";
  readonly act: SignedAct["act"];
}

export interface Recovery {
  readonly workstation: string | null;
  readonly site: string | null;
  readonly acts: readonly Recovered[];
  /** Whole entries that hold no act, by number. */
  readonly unreadable: readonly number[];
  /** Whole entries that this key does not open, by number. */
  readonly unopened: readonly number[];
  /** Torn or damaged stretches: offset and length in bytes. */
  readonly damaged: readonly { readonly offset: number; readonly bytes: number }[];
  /** Numbers that are neither there nor accounted for by a tombstone: entries lost with a damaged stretch. */
  readonly missing: readonly number[];
}

/**
 * Opens an escrow file with the hospital's private recovery key and accounts for every number in it.
 * @param privateKey base64url X25519
 */
export async function recover(
  file: Uint8Array,
  privateKey: string,
  roster: readonly RosterEntry[],
): Promise<Recovery> {
  const { header, acts, unopened, damaged, numbers } = await recoverEscrow(file, privateKey);
  const recovered: Recovered[] = [];
  const unreadable: number[] = [];
  for (const { number, uuid, sent, bytes } of acts) {
    const signed = readSigned(bytes);
    if (signed === null || signed.act.uuid !== uuid) {
      unreadable.push(number);
      continue;
    }
    const author = roster.find(({ clinician }) => clinician === signed.act.author);
    const signature =
      author === undefined
        ? "unknown-author"
        : (await verifyActSignature(signed.act, signed.signature, author.keys.sign))
          ? "valid"
          : "broken";
    recovered.push({ number, uuid, sent, signature, act: signed.act });
  }
  const known = new Set(numbers);
  const last = Math.max(0, ...numbers);
  const first = Math.min(last, ...numbers);
  const missing: number[] = [];
  for (let number = first; number < last; number += 1) if (!known.has(number)) missing.push(number);
  return {
    workstation: header?.workstation ?? null,
    site: header?.site ?? null,
    acts: recovered,
    unreadable,
    unopened: unopened.map(({ number }) => number),
    damaged,
    missing: damaged.length === 0 ? [] : missing,
  };
}

function readSigned(bytes: Uint8Array): SignedAct | null {
  try {
    const parsed = SignedAct.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/**
 * The FHIR transactions by which what was never sent can be entered at the HIS: one an act, each found again by the act's
 * own UUIDs (`If-None-Exist`), so that entering it twice, or after all the PC did send it, doubles nothing.
 */
export function transactions({ acts }: Recovery): { uuid: string; bundle: object }[] {
  const good = acts.filter(({ sent, signature }) => !sent && signature !== "broken");
  const takenBack = new Set(
    good.flatMap(({ act }) => (isAboutAnother(act) ? (act.about?.act ?? []) : [])),
  );
  return (
    good
      // What was taken back unsent is not entered, nor is the taking back; a decision is entered in place of what it decides.
      .filter(({ uuid, act }) => act.kind !== "withdrawal" && !takenBack.has(uuid))
      .map(({ uuid, act }) => ({ uuid, bundle: actBundle([act], "post") }))
  );
}
