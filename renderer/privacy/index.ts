export { Accesses } from "./accesses.tsx";
export { AccessesLink } from "./accesses-link.tsx";
