/** Names on the wire between page and shell. Apart from `shell.ts`, so that the page does not carry its schemas. */

/** Messages between the page and the preload script, and between preload and main. */
export const PAGE_ASKS = "amanah:connect";
export const PAGE_GETS = "amanah:port";

/** The preview's WebSocket: where it is, what it speaks, and why it may be closed. */
export const PREVIEW_SOCKET = "/port";
export const PREVIEW_PROTOCOL = "amanah.preview";
export const CLOSED_BY_LOCK = 4423;
export const CLOSED_BY_NEWER_PAGE = 4409;
/** The frame before a socket is closed by a lock: a browser tells its page of the close only when both sides have said it. */
export const LOCKED_FRAME = "locked";
