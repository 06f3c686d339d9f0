import { expect, test } from "vitest";
import { rehearse } from "./rehearsal.ts";

test("a rehearsal goes all the way of a board: a bed, a score with its trend, a dose that is due, an allergy", () => {
  const { rows, loading } = rehearse();
  expect(loading).toBe(0);
  expect(rows).toEqual([
    expect.objectContaining({
      patient: "nobody",
      bed: "bed",
      allergies: "listed",
      due: 1,
      news2: expect.objectContaining({ trend: expect.any(String) }),
    }),
  ]);
});
