export { Lock } from "./lock.tsx";
