import { builtinModules } from "node:module";

/**
 * The layering rule of `docs/adr/0002-layering-by-runtime.md`, as oxlint overrides. `npm run check` writes it into
 * `out/oxlintrc.json` together with `.oxlintrc.json`, so the table below is the only place where the house is drawn.
 * `lint-layers.test.ts` plants a file against every rule: oxlint takes some patterns in silence and never matches them.
 */
type Override = { files: string[]; rules: Record<string, unknown> };
type Pattern = { regex: string; message: string };

/** Inside `electron/service`, arrows point down only: a room may import the rooms listed. */
const rooms: Record<string, readonly string[]> = {
  policy: [],
  clock: [],
  vault: ["policy"],
  his: ["vault", "policy"],
  store: ["vault", "policy"],
  audit: ["store", "his", "vault", "policy"],
  guard: ["audit", "store", "his", "vault", "policy"],
  sync: ["guard", "audit", "store", "his", "vault", "policy"],
  enrol: ["sync", "guard", "audit", "store", "his", "vault", "policy"],
  session: ["clock", "sync", "guard", "audit", "store", "his", "vault", "policy"],
  record: ["sync", "guard", "audit", "store", "his", "vault", "policy"],
  chart: ["sync", "guard", "audit", "store", "his", "vault", "policy"],
  api: [
    "chart",
    "record",
    "session",
    "enrol",
    "sync",
    "guard",
    "audit",
    "store",
    "his",
    "vault",
    "policy",
  ],
};

/** Folders of `renderer`. */
const screens = [
  "app",
  "bar",
  "enrol",
  "lock",
  "outbox",
  "parts",
  "patient",
  "port",
  "review",
  "ward",
  "workstation",
];

const builtins = builtinModules.filter((name) => !name.startsWith("_") && !name.includes(":"));
const up = "^(\\.\\./)+";
const any = (names: readonly string[]) => `(${names.join("|")})`;

const noNode: Pattern = {
  regex: `^(node:.*|${any(builtins)}(/.*)?|better-sqlite3.*|@napi-rs/.*|@node-rs/.*|ws)$`,
  message: "Node stays outside the page and outside shared.",
};
const noElectron: Pattern = {
  regex: "^electron(/.*)?$",
  message: "Only main and preload may import electron.",
};
/** The readers are the badge process's alone: nothing that opens a patient's record lives beside a driver. */
const noReaders: Pattern = {
  regex: "^koffi(/.*)?$",
  message: "Only the badge process may call PC/SC.",
};
const noReact: Pattern = {
  regex: "^(react|react-.*|@mantine/.*|@tanstack/.*|uplot)(/.*)?$",
  message: "The page's libraries stay in renderer.",
};
const noProject = (...folders: string[]): Pattern => ({
  regex: `${up}(electron/)?${any(folders)}/`,
  message: `May not import ${folders.join(", ")}.`,
});
/** A regex for any file name but these: oxlint's regexes cannot look ahead, so the words are spelled out letter by letter. */
function otherThan(words: readonly string[]): string {
  if (words.includes("")) return "[^/]+";
  const letters = [...new Set(words.map((word) => word.charAt(0)))];
  const longer = letters.map((letter) => {
    const rests = words.filter((word) => word.startsWith(letter)).map((word) => word.slice(1));
    return `[${letter}]${otherThan(rests)}`;
  });
  return `(${longer.join("|")}|[^${letters.join("")}/][^/]*|)`;
}
/** Nothing of these folders but these files may be imported from outside them. */
const door = (
  from: string,
  folders: readonly string[],
  files: readonly string[],
  message: string,
): Pattern => ({ regex: `${from}${any(folders)}/(.*/.*|${otherThan(files)})$`, message });
/** `types.ts` is the seam of a room that others are written against. */
const roomDoor = (from: string) =>
  door(
    from,
    Object.keys(rooms),
    ["index.ts", "types.ts"],
    "A room has one door: import its index.ts.",
  );
const screenDoor = door(up, screens, ["index.ts"], "A screen has one door: import its index.ts.");
const outside = noProject("badge", "main", "preload", "renderer", "tools", "tests", "build");

const restrict = (files: string[], patterns: readonly Pattern[]): Override => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns }] },
});

export const layers: readonly Override[] = [
  restrict(
    ["shared/**"],
    [
      noNode,
      noElectron,
      noReact,
      noReaders,
      noProject("electron", "renderer", "tools", "tests", "build"),
    ],
  ),
  restrict(
    ["renderer/**"],
    [
      noNode,
      noElectron,
      noReaders,
      noProject("service", "badge", "main", "preload", "tools", "tests", "build"),
      screenDoor,
    ],
  ),
  restrict(
    ["electron/main/**"],
    [
      noReact,
      noReaders,
      noProject("service", "badge", "preload", "renderer", "tools", "tests", "build"),
    ],
  ),
  restrict(
    ["electron/preload/**"],
    [
      noNode,
      noReact,
      noReaders,
      noProject("service", "badge", "main", "renderer", "tools", "tests", "build"),
    ],
  ),
  restrict(
    ["electron/badge/**"],
    [
      noElectron,
      noReact,
      noProject("service", "main", "preload", "renderer", "tools", "tests", "build"),
    ],
  ),
  restrict(
    ["electron/service/**"],
    [noElectron, noReact, noReaders, outside, roomDoor("^(\\./|(\\.\\./)+)")],
  ),
  // The C library only: to forbid dumps of the service's memory, and for the main thread's turns.
  restrict(
    ["electron/service/no-dumps.ts", "electron/service/wake-at-once.ts"],
    [noElectron, noReact, outside, roomDoor("^(\\./|(\\.\\./)+)")],
  ),
  ...Object.entries(rooms).map(([room, below]) => {
    const above = Object.keys(rooms).filter((other) => other !== room && !below.includes(other));
    return restrict(
      [`electron/service/${room}/**`],
      [
        noElectron,
        noReact,
        noReaders,
        outside,
        roomDoor(up),
        { regex: `${up}compose\\.ts$`, message: "Only a shell may wire the rooms." },
        ...(above.length === 0
          ? []
          : [
              {
                regex: `${up}${any(above)}/`,
                message: `Arrows point down only: ${room} may import ${below.join(", ") || "no other room"}.`,
              },
            ]),
      ],
    );
  }),
];

/** What of `.oxlintrc.json` is touched here. */
interface BaseConfig {
  readonly ignorePatterns: readonly string[];
  readonly overrides: readonly { files: string[]; rules: Record<string, unknown> }[];
}

/**
 * The lint configuration for `out/oxlintrc.json`. oxlint takes a pattern as relative to the folder of its config and does
 * not climb out of it, so each is made to match at any depth.
 */
export function lintConfig(base: BaseConfig & Record<string, unknown>): object {
  return {
    ...base,
    ignorePatterns: base.ignorePatterns.map(anywhere),
    overrides: [...base.overrides, ...layers].map(({ files, rules }) => ({
      files: files.map(anywhere),
      rules,
    })),
  };
}

function anywhere(pattern: string): string {
  return `**/${pattern}`;
}
