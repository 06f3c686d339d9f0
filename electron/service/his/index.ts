/** The door to the HIS: a FHIR client that signs in and tells apart the ways a HIS can fail; people's sign-in; TLS. */
export { AppLaunchFailed, startAppLaunch } from "./app-launch.ts";
export type { AppLaunch, SignedIn } from "./app-launch.ts";
export { carryWith } from "./carrier.ts";
export type { Carry, HttpCall } from "./carrier.ts";
export { createHisClient } from "./client.ts";
export type { HisAnswer, HisClient, HisWritten } from "./client.ts";
export type { Capabilities } from "./capabilities.ts";
export { IdTokenRefused, NotAPractitioner, verifyIdToken } from "./id-token.ts";
export { causeOf, HisError, isOutage } from "./failure.ts";
export type { HisFailure } from "./failure.ts";
export { exchange, jsonOf } from "./http.ts";
export { rotateWorkstationKey, rotationUnderWay } from "./key-rotation.ts";
export type { HisSocket, OpenSocket, SocketEars } from "./socket.ts";
export type { SignIn, SignInKey } from "./sign-in.ts";
export {
  CaFileUnusable,
  createTrustedFetch,
  readCaCertificates,
  refuseInsecureTls,
} from "./tls.ts";
export type { TrustedFetch } from "./tls.ts";
export { REDIRECT_PATH } from "./loopback.ts";
