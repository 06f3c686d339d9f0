/**
 * The layering rule of `docs/adr/0002-layering-by-runtime.md`, as oxlint overrides. `npm run check` writes it into
 * `out/oxlintrc.json` together with `.oxlintrc.json`, so the table below is the only place where the house is drawn.
 */
type Override = { files: string[]; rules: Record<string, unknown> };

/** Inside `electron/service`, arrows point down only: a room may import the rooms listed. */
const rooms: Record<string, readonly string[]> = {
  policy: [],
  vault: ["policy"],
  his: ["vault", "policy"],
  store: ["vault", "policy"],
  audit: ["store", "his", "vault", "policy"],
  guard: ["audit", "store", "his", "vault", "policy"],
  sync: ["guard", "audit", "store", "his", "vault", "policy"],
  session: ["sync", "guard", "audit", "store", "his", "vault", "policy"],
  record: ["sync", "guard", "audit", "store", "his", "vault", "policy"],
  chart: ["sync", "guard", "audit", "store", "his", "vault", "policy"],
  api: ["chart", "record", "session", "sync", "guard", "audit", "store", "his", "vault", "policy"],
};

const restrict = (files: string[], groups: readonly { group: string[]; message: string }[]): Override => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns: groups }] },
});

const door = { group: ["../*/*", "!../*/index.ts", "!../**/shared/**"], message: "A room has one door: import its index.ts." };
const noNode = { group: ["node:*", "better-sqlite3*", "@napi-rs/*", "@node-rs/*", "ws"], message: "Node stays outside the page and outside shared." };
const noElectron = { group: ["electron", "electron/*"], message: "Only main and preload may import electron." };
const noReact = { group: ["react*", "@mantine/*"], message: "The page's libraries stay in renderer." };
const noProject = (...names: string[]) => ({ group: names.flatMap((n) => [`**/${n}/**`]), message: `May not import ${names.join(", ")}.` });

export const layers: readonly Override[] = [
  restrict(["shared/**"], [noNode, noElectron, noReact, { group: ["**/electron/**", "**/renderer/**", "**/tools/**", "**/tests/**"], message: "shared imports nothing but itself." }]),
  restrict(["renderer/**"], [noNode, noElectron, noProject("service", "main", "preload", "tools", "tests")]),
  restrict(["electron/main/**"], [noReact, noProject("service", "renderer", "tools", "tests")]),
  restrict(["electron/preload/**"], [noNode, noReact, noProject("service", "main", "renderer", "tools", "tests")]),
  restrict(["electron/service/**"], [noElectron, noReact, noProject("main", "preload", "renderer", "tools", "tests")]),
  ...Object.entries(rooms).map(([room, below]) =>
    restrict(
      [`electron/service/${room}/**`],
      [
        noElectron,
        noReact,
        noProject("main", "preload", "renderer", "tools", "tests"),
        {
          group: Object.keys(rooms)
            .filter((other) => other !== room && !below.includes(other))
            .map((other) => `../${other}/**`),
          message: `Arrows point down only: ${room} may import ${below.join(", ") || "no other room"}.`,
        },
        door,
      ],
    ),
  ),
];
