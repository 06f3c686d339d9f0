import { expect, test } from "vitest";
import { mergeLinks, together } from "./merged.ts";

const patient = (link: unknown) => ({ resourceType: "Patient", id: "a", link });
const to = (type: string, reference: string) => ({ type, other: { reference } });

test("a Patient says whom he was merged into, and who was merged into him; nothing else he says counts", () => {
  expect(
    mergeLinks(
      patient([
        to("replaces", "Patient/b"),
        to("replaces", "Patient/c"),
        to("replaces", "Patient/a"),
        to("seealso", "Patient/d"),
        to("replaces", "https://elsewhere/fhir/Patient/e"),
        to("replaced-by", "Patient/f"),
      ]),
    ),
  ).toEqual({ into: "f", from: ["b", "c"] });
  for (const odd of [null, 7, {}, [null], [{ type: "replaces" }], [{ other: { reference: 5 } }]])
    expect(mergeLinks(patient(odd))).toEqual({ into: null, from: [] });
});

test("records shown together hold all of both, and are damaged if one of them is", () => {
  const one = { resourceType: "Flag", id: "1" };
  const two = { resourceType: "Flag", id: "2" };
  const whole = together([
    new Map([["Flag", { resources: [one], damaged: 0 }]]),
    new Map([["Flag", { resources: [two], damaged: 1 }]]),
  ]);
  expect(whole.get("Flag")).toEqual({ resources: [one, two], damaged: 1 });
});
