export { Workstation } from "./workstation.tsx";
