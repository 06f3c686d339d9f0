import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/app.tsx";
import { ClockProvider } from "./app/clock.tsx";
import { Cover } from "./app/cover.tsx";
import { DisplayProvider } from "./app/display.tsx";
import { connectPort, NoPort } from "./port/index.ts";

const nonce = document.querySelector<HTMLMetaElement>("meta[name=csp-nonce]")?.nonce ?? "";
const place = document.querySelector("#root");
if (place === null) throw new Error("The page has no #root.");
const root = createRoot(place);
const reload = (): void => window.location.reload();
const clock = (): number => Date.now();

function show(what: ReactNode): void {
  root.render(
    <StrictMode>
      <ClockProvider clock={clock}>
        <DisplayProvider storage={window.localStorage} nonce={nonce}>
          {what}
        </DisplayProvider>
      </ClockProvider>
    </StrictMode>,
  );
}

connectPort().then(
  (port) => show(<App port={port} reload={reload} />),
  (error: unknown) => {
    const why = error instanceof NoPort && error.why !== "unreachable" ? error.why : "failed";
    show(<Cover why={why} reload={reload} />);
  },
);
