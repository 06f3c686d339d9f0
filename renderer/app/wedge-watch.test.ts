import { expect, test } from "vitest";
import { watchWedge } from "./wedge-watch.ts";

/** A field as far as a tap touches it: its value's setter sits on its class, as a browser's does. */
class Field extends EventTarget {
  tagName = "INPUT";
  type: string;
  #value: string;
  constructor(type: string, value: string) {
    super();
    this.type = type;
    this.#value = value;
  }
  get value(): string {
    return this.#value;
  }
  set value(next: string) {
    this.#value = next;
  }
}

/** Taps a badge while a field has the focus: keys that nobody stopped are typed into it. */
function tapInto(field: Field, code: string, gap = 5) {
  const window = new EventTarget();
  const badges: string[] = [];
  const heard: string[] = [];
  let entered = false;
  field.addEventListener("input", () => heard.push(field.value));
  const stop = watchWedge(
    window as Window,
    () => field as unknown as Element,
    (badge) => badges.push(badge),
  );
  [...Array.from(code), "Enter"].forEach((key, index) => {
    const event = new Event("keydown", { cancelable: true });
    Object.defineProperties(event, {
      key: { value: key },
      code: { value: "" },
      timeStamp: { value: index * gap },
    });
    window.dispatchEvent(event);
    if (event.defaultPrevented) return;
    if (key === "Enter") entered = true;
    else field.value += key;
  });
  stop();
  return { badges, heard, entered };
}

test("A badge tapped while a PIN is typed leaves the PIN pad empty and does not press Enter", () => {
  const field = new Field("password", "48");
  const { badges, heard, entered } = tapInto(field, "04A1B2C3");
  expect([badges, field.value, heard, entered]).toEqual([["04A1B2C3"], "", [""], false]);
});

test("A badge tapped into a half-filled form leaves the form as it was, and the form hears of it", () => {
  const field = new Field("text", "117");
  const { heard } = tapInto(field, "04A1B2C3");
  expect([field.value, heard]).toEqual(["117", ["117"]]);
});

test("What a hand types stays, and its Enter counts", () => {
  const field = new Field("password", "");
  const { badges, entered } = tapInto(field, "482913", 90);
  expect([badges, field.value, entered]).toEqual([[], "482913", true]);
});
