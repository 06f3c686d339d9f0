export { ConnectionState, connectionText } from "./connection.tsx";
export { DisplayControls } from "./display-controls.tsx";
export { IdleWarning } from "./idle-warning.tsx";
export { Notices } from "./notices.tsx";
export { Top } from "./top.tsx";
