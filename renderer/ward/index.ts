export { Ward } from "./ward.tsx";
