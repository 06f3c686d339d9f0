/**
 * Copies what a text field holds. The page has no permission for the clipboard and needs none: this is the copy that
 * Ctrl+C makes. False when it was not done; the text is selected in both cases.
 */
export function copyField(field: HTMLTextAreaElement): boolean {
  field.focus();
  field.select();
  // The only way to copy without the clipboard permission, which the shell refuses to every page.
  // oxlint-disable-next-line typescript/no-deprecated
  return document.execCommand("copy");
}
