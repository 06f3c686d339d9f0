export { Enrol } from "./enrol.tsx";
