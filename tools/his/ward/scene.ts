import type { Resource } from "@medplum/fhirtypes";
import type { Random } from "./random.ts";

/** A made resource and the moment the HIS would have stored it (ms): so `_lastUpdated` is spread as in life. */
export interface Made {
  readonly resource: Resource & { id: string };
  readonly at: number;
}

/** One patient's stay, as the makers of vitals, medicines and the rest need to know it. */
export interface Scene {
  readonly random: Random;
  /** ms */
  readonly now: number;
  readonly patient: string;
  readonly encounter: string;
  readonly admitted: number;
  readonly sex: "male" | "female";
  /** Years. */
  readonly age: number;
  readonly course: Course;
  readonly illnesses: readonly string[];
  readonly nurses: readonly string[];
  readonly doctors: readonly string[];
}

/** How the stay goes, which vitals, labs and notes agree on. */
export type Course = "stable" | "recovering" | "deteriorating" | "septic" | "breathless";

export function subject(scene: Scene): { reference: string } {
  return { reference: `Patient/${scene.patient}` };
}
export function encounter(scene: Scene): { reference: string } {
  return { reference: `Encounter/${scene.encounter}` };
}
export function practitioner(id: string): { reference: string } {
  return { reference: `Practitioner/${id}` };
}

/** The HIS stores a thing a few minutes after it happened, never in the future. */
export function made(scene: Scene, resource: Made["resource"], happened: number): Made {
  const stored = happened + scene.random.int(20, 400) * 1000 + scene.random.int(0, 999);
  return { resource, at: Math.min(stored, scene.now - 1) };
}
