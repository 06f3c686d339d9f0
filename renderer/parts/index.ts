import "./parts.css";

export { AllergyChips, AllergyMark } from "./allergies.tsx";
export { Dialog } from "./dialog.tsx";
export { saidOf } from "./fresh.ts";
export { KeptNote } from "./kept-note.tsx";
export { type Mark, Sign } from "./marks.tsx";
export { Ago, agoText, AsOf, Elsewhere, Moment } from "./moments.tsx";
export { clinicianName, longAge, nameLine, namesOf, shortAge, wardName } from "./names.ts";
export { News2Badge, PartScore, Trend } from "./news2.tsx";
export { PIN_LONGEST, PIN_SHORTEST, PinKeys } from "./pin-keys.tsx";
export { ProblemNote } from "./problem.tsx";
export { Pieces } from "./pieces.tsx";
export { BackToWard, ScreenHead } from "./screen-head.tsx";
export { Scroll } from "./scroll.tsx";
export { Section } from "./section.tsx";
export { Unit } from "./unit.tsx";
