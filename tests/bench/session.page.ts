import type { CDPSession } from "playwright-core";

/** What the page's probe says; `at` in the monotonic clock of this process once {@link createPageEar} has told it. */
export interface PageSaid {
  readonly kind: "first-paint" | "pin" | "enter" | "board" | "removed" | "hidden";
  readonly at: number;
  /** Which document said it: its time origin. */
  readonly document: number;
}

const BINDING = "benchHeard";
const TRIES = 8;

/**
 * Runs in every document before its own scripts. A thing on screen counts from the second animation frame after it came
 * into (or went out of) the document: the first draws it, and when the second begins the first was handed over.
 */
function probe(binding: string): void {
  const say = (kind: PageSaid["kind"], at: number = performance.now()): void => {
    const heard = (globalThis as unknown as Record<string, (text: string) => void>)[binding];
    heard?.(JSON.stringify({ kind, at, document: performance.timeOrigin }));
  };
  const drawn = (then: () => void): void =>
    void requestAnimationFrame(() => void requestAnimationFrame(then));
  let cell: Element | null = null;
  const canary = (): boolean => {
    if (cell?.isConnected !== true) cell = document.querySelector(".board-name");
    return (
      cell !== null &&
      cell.textContent !== "" &&
      cell.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    );
  };
  // Asking whether a cell is visible lays the page out. What changed outside of it and of all that it stands in hides it in no
  // way that is used; a way that is missed here makes a figure worse.
  const concerns = ({ target, type }: MutationRecord): boolean =>
    cell?.isConnected !== true ||
    (type === "attributes" ? target.contains(cell) : cell.contains(target));
  const stage = { pin: false, board: false, hidden: false };
  const look = (records: readonly MutationRecord[]): void => {
    if (!stage.pin && document.querySelector("#pin:not([disabled])") !== null) {
      stage.pin = true;
      drawn(() => say("pin"));
    }
    if (!stage.board && canary()) {
      stage.board = true;
      drawn(() => say("board"));
    } else if (stage.board && !stage.hidden && records.some(concerns) && !canary()) {
      stage.hidden = true;
      say("removed");
      drawn(() => say("hidden"));
    }
  };
  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    characterData: true,
  });
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries())
      if (name === "first-contentful-paint") say("first-paint", startTime);
  }).observe({ type: "paint", buffered: true });
  addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Enter") say("enter", event.timeStamp);
    },
    true,
  );
}

/** Where a document's clock stands in this process's monotonic milliseconds, and how far off that may be. */
export interface PageClock {
  readonly document: number;
  readonly offset: number;
  readonly uncertainty: number;
}

/** An ear on every page there was: which one is asked for its clock is the last. */
export interface PageEar {
  readonly said: readonly PageSaid[];
  /** Installs the probe in a page's coming documents and keeps what they say. */
  hear(page: CDPSession): Promise<void>;
  /** By round trips: the page's clock was read between two readings of ours; the shortest of several is believed. */
  clock(): Promise<PageClock>;
}

export function createPageEar(now: () => number): PageEar {
  const said: PageSaid[] = [];
  let last: CDPSession | null = null;
  return {
    said,
    async hear(page) {
      page.on("Runtime.bindingCalled", ({ name, payload }) => {
        if (name === BINDING) said.push(JSON.parse(payload) as PageSaid);
      });
      await page.send("Runtime.enable");
      await page.send("Runtime.addBinding", { name: BINDING });
      await page.send("Page.enable");
      await page.send("Page.addScriptToEvaluateOnNewDocument", {
        source: `(${probe.toString()})(${JSON.stringify(BINDING)})`,
      });
      last = page;
    },
    async clock() {
      let best: PageClock | null = null;
      for (let tries = 0; last !== null && tries < TRIES; tries += 1) {
        const from = now();
        const { result } = await last.send("Runtime.evaluate", {
          expression: "[performance.now(), performance.timeOrigin]",
          returnByValue: true,
        });
        const uncertainty = (now() - from) / 2;
        const [read, document] = result.value as [number, number];
        if (best === null || uncertainty < best.uncertainty)
          best = { document, offset: from + uncertainty - read, uncertainty };
      }
      if (best === null) throw new Error("the page's clock was not read");
      return best;
    },
  };
}
