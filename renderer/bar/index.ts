export { Bar } from "./bar.tsx";
export { ConnectionState, connectionText } from "./connection.tsx";
export { DisplayControls } from "./display-controls.tsx";
export { IdleWarning } from "./idle-warning.tsx";
