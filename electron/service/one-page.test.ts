import { expect, test } from "vitest";
import { createPageSeat } from "./one-page.ts";

function seat() {
  const events: string[] = [];
  const pages = createPageSeat({ pageLost: () => events.push("session locked") });
  return {
    events,
    take: (name: string) => pages.take(() => events.push(`${name} closed`)),
    dismiss: () => pages.dismiss(),
  };
}

test("A page that crashes or is closed locks the session", () => {
  const { events, take } = seat();
  take("page").leave();
  expect(events).toEqual(["session locked"]);
});

test("A second page never inherits the first one's open session: it is locked before the first page is closed", () => {
  const { events, take } = seat();
  const first = take("first");
  take("second");
  first.leave();
  expect(events).toEqual(["session locked", "first closed"]);
});

test("The page that a lock has sent away does not lock the session of who signed in after it", () => {
  const { events, take, dismiss } = seat();
  const first = take("first");
  dismiss();
  const second = take("second");
  first.leave();
  expect(events).toEqual(["first closed"]);
  second.leave();
  expect(events).toEqual(["first closed", "session locked"]);
});
