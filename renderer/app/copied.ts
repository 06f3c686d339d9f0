/** Where a copy was made, as far as its text goes. */
interface Page {
  readonly activeElement: Element | null;
  getSelection(): { toString(): string } | null;
}

/**
 * The text that a copy or cut puts on the clipboard: of the field that has the focus, or else what is marked on the page.
 */
export function copiedText(page: Page): string {
  const field = page.activeElement;
  // SECURITY: a PIN is never put on a clipboard, marked or not.
  if (field !== null && isField(field) && field.type === "password") return "";
  if (field !== null && isField(field) && field.selectionStart !== null) {
    const text = field.value.slice(field.selectionStart, field.selectionEnd ?? undefined);
    if (text !== "") return text;
  }
  return page.getSelection()?.toString() ?? "";
}

/** SHA-256 in hex over UTF-8. Line ends count as LF, because an operating system's clipboard may change them. */
export async function textDigest(
  text: string,
  subtle: Pick<SubtleCrypto, "digest">,
): Promise<string> {
  const bytes = new TextEncoder().encode(text.replaceAll("\r\n", "\n"));
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Tells the digest of each text that is copied or cut, so that a lock can take it off the clipboard. SECURITY: only plain text
 * is copied, never the page's HTML, so that what is on the clipboard is what was told. Returns how to stop.
 */
export function watchCopies(
  page: Page & Pick<Document, "addEventListener" | "removeEventListener">,
  subtle: Pick<SubtleCrypto, "digest">,
  tell: (digest: string) => void,
): () => void {
  const onCopy = (event: ClipboardEvent): void => {
    const text = copiedText(page);
    if (text === "") return;
    if (event.type === "copy" && event.clipboardData !== null) {
      event.clipboardData.setData("text/plain", text);
      event.preventDefault();
    }
    textDigest(text, subtle).then(tell, () => undefined);
  };
  page.addEventListener("copy", onCopy);
  page.addEventListener("cut", onCopy);
  return () => {
    page.removeEventListener("copy", onCopy);
    page.removeEventListener("cut", onCopy);
  };
}

function isField(place: Element): place is HTMLInputElement | HTMLTextAreaElement {
  return place.tagName === "INPUT" || place.tagName === "TEXTAREA";
}
