import { noBurst, wedgeKey } from "./wedge.ts";

type Field = HTMLInputElement | HTMLTextAreaElement;

/**
 * Listens for a keyboard-wedge reader: tells the badge's number, keeps its keys from the page from the fourth on, and puts
 * the field that the first ones fell into back as it was. Returns how to stop.
 */
export function watchWedge(
  target: Pick<Window, "addEventListener" | "removeEventListener">,
  focused: () => Element | null,
  tell: (badge: string) => void,
): () => void {
  let burst = noBurst;
  let before: { readonly field: Field; readonly value: string } | null = null;
  const onKey = (event: KeyboardEvent): void => {
    const next = wedgeKey(burst, {
      key: event.key,
      code: event.code,
      at: event.timeStamp,
      repeat: event.repeat,
      shift: event.shiftKey,
      chord: event.ctrlKey || event.altKey || event.metaKey,
    });
    burst = next.burst;
    if (next.begins) before = valueOf(focused());
    if (next.swallow) {
      event.preventDefault();
      event.stopPropagation();
    }
    if (next.badge === null) return;
    if (before !== null) putBack(before.field, before.value);
    before = null;
    tell(next.badge);
  };
  target.addEventListener("keydown", onKey, { capture: true });
  return () => target.removeEventListener("keydown", onKey, { capture: true });
}

function valueOf(place: Element | null): { field: Field; value: string } | null {
  if (!isField(place)) return null;
  // SECURITY: of a PIN nothing is remembered, not for a moment; its field is emptied instead.
  return { field: place, value: place.type === "password" ? "" : place.value };
}

function isField(place: Element | null): place is Field {
  return place?.tagName === "INPUT" || place?.tagName === "TEXTAREA";
}

/** React hears of a change only by the input event after the element's own setter. */
function putBack(field: Field, value: string): void {
  if (field.value === value) return;
  const own = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value");
  own?.set?.call(field, value);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
