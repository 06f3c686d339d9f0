/** What time may be believed, and how long a PC may go without the HIS. */
export { offlineState, type OfflineState } from "./offline-limit.ts";
export { startTime, type TimeDoubt, type TimeKept, type TrustedTime } from "./trusted-time.ts";
