import { ipcRenderer } from "electron";
import { PAGE_ASKS, PAGE_GETS } from "../../shared/shell-names.ts";

/**
 * The bridge: when the page asks, main is asked; the one port that main answers with is handed to the page. Nothing else.
 *
 * SECURITY: P4. No function, no channel name and no Electron object is exposed. Origin and source are checked, so that
 * only this window's own document can ask and receive.
 */
const origin = window.location.origin;

window.addEventListener("message", (event) => {
  if (event.source === window && event.origin === origin && event.data === PAGE_ASKS) {
    ipcRenderer.send(PAGE_ASKS);
  }
});

ipcRenderer.once(PAGE_GETS, (event) => {
  window.postMessage(PAGE_GETS, origin, [...event.ports]);
});
