import { expect, test } from "vitest";
import { closingHeard, createSignals, tellClosing, tellLocked } from "./signals.ts";

test("bulk stands still once for each lock, and not at all while nobody goes", () => {
  const signals = createSignals();
  const waits: number[] = [];
  const heard = closingHeard(signals, (_signals, _signal, _open, milliseconds) =>
    waits.push(milliseconds),
  );
  expect([heard(), heard(), waits.length]).toEqual([false, false, 0]);
  tellLocked(signals);
  expect([heard(), heard(), waits.length]).toEqual([false, false, 1]);
  tellLocked(signals);
  tellLocked(signals);
  expect([heard(), heard(), waits.length]).toEqual([false, false, 2]);
  // A sign-in comes no sooner after it.
  expect(Math.max(...waits)).toBeLessThan(250);
});

test("a file that is to be closed keeps nothing standing still", () => {
  const signals = createSignals();
  let told = "";
  const heard = closingHeard(signals, (...how) => {
    // As a lock that seals does: while the thread stands still.
    tellClosing(signals);
    told = Atomics.wait(...how);
  });
  tellLocked(signals);
  expect([heard(), heard(), told]).toEqual([true, true, "not-equal"]);
});
