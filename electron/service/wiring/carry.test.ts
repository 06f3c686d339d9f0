import { expect, test } from "vitest";
import { HisError } from "../his/index.ts";
import type { AccessRow, PinChangeRow } from "../store/index.ts";
import { createCarrier } from "./carry.ts";

const change: PinChangeRow = { clinician: "salma", box: "b", number: 2, jws: "x", sent: false };
const access: AccessRow = {
  id: "6f9619ff-8b86-4011-b42d-00c04fc964ff",
  kind: "override",
  at: 0,
  until: null,
  clinician: "layla",
  name: null,
  by: null,
  patient: "p1",
  reason: "called to help",
  workstation: "pc",
  reviewedBy: null,
  reviewedAt: null,
  reported: false,
};

test("changed PINs and accesses are taken to the HIS until it has them, and not again", async () => {
  let changes = [change];
  let accesses = [access];
  const carry = createCarrier({
    workstation: "pc",
    journal: {
      pinChanges: () => Promise.resolve(changes),
      setPinChangeSent: (clinician, number) => {
        expect([clinician, number]).toEqual(["salma", 2]);
        changes = [{ ...change, sent: true }];
        return Promise.resolve();
      },
      accesses: () => Promise.resolve(accesses),
      setAccessReported: () => {
        accesses = [{ ...access, reported: true }];
        return Promise.resolve();
      },
    },
  });
  const sent: string[] = [];
  const his = (fails: boolean) => ({
    send: (_method: string, target: string, body: string) => {
      sent.push(target);
      expect(JSON.parse(body)).toMatchObject({ resourceType: target.split("/")[0] });
      if (fails) return Promise.reject(new Error("gone"));
      if (target.startsWith("AuditEvent/"))
        return Promise.reject(new HisError({ kind: "gone", status: 404, detail: "no such id" }));
      return Promise.resolve({} as never);
    },
  });
  await expect(carry(his(true))).rejects.toThrow("gone");
  await carry(his(false));
  await carry(his(false));
  expect(sent).toEqual([
    "Basic/pin-change-salma",
    "Basic/pin-change-salma",
    `AuditEvent/${access.id}`,
    // A HIS that gives its own ids.
    "AuditEvent",
  ]);
});
