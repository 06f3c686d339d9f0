export { Patient } from "./patient.tsx";
