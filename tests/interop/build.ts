import { spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

const HERE = import.meta.dirname;
const COMPILER = "c++";
const PACKAGE = join(HERE, "node_modules", "@journeyapps", "sqlcipher");

/** Installs and compiles Zetetic's SQLCipher if it is not there. Answers null, or why it cannot be had. */
export function buildSqlcipher(say: (text: string) => void): string | null {
  if (!existsSync(PACKAGE)) {
    const installed = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
      cwd: HERE,
      encoding: "utf8",
    });
    if (installed.status !== 0)
      return `npm ci failed in tests/interop: ${lastLine(installed.stderr)}`;
  }
  if (existsSync(join(PACKAGE, "build", "Release", "node_sqlite3.node"))) return null;
  const missing = missingTool();
  if (missing !== null) return missing;
  const gyp = nodeGyp();
  if (gyp === null) return "npm's node-gyp was not found";
  say("compiling Zetetic's SQLCipher, once (about a minute)");
  // Headers come with the Node package: nothing is fetched.
  const nodedir = join(dirname(realpathSync(process.execPath)), "..");
  const built = spawnSync(process.execPath, [gyp, "rebuild", `--nodedir=${nodedir}`], {
    cwd: PACKAGE,
    encoding: "utf8",
    // It opens two small files once: compiled to be quick it would take five times as long to compile.
    env: { ...process.env, CFLAGS: "-O0", CXXFLAGS: "-O0" },
  });
  return built.status === 0 ? null : `it did not compile: ${lastLine(built.stderr)}`;
}

function missingTool(): string | null {
  for (const tool of [COMPILER, "make", "python3"]) {
    if (spawnSync(tool, ["--version"]).status !== 0)
      return `${tool} is missing (Debian: apt-get install g++ make python3)`;
  }
  const header = spawnSync(COMPILER, ["-E", "-x", "c", "-"], {
    input: "#include <openssl/crypto.h>\n",
  });
  return header.status === 0
    ? null
    : "OpenSSL's headers are missing (Debian: apt-get install libssl-dev)";
}

function nodeGyp(): string | null {
  const told = process.env["npm_config_node_gyp"];
  if (told !== undefined && existsSync(told)) return told;
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const npm = join(folder, "npm");
    if (!existsSync(npm)) continue;
    // npm is a link to its npm-cli.js, and node-gyp lies beside that.
    const own = join(
      dirname(realpathSync(npm)),
      "..",
      "node_modules",
      "node-gyp",
      "bin",
      "node-gyp.js",
    );
    if (existsSync(own)) return own;
  }
  return null;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
