import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findElectron } from "../start/electron.ts";

/** Native addons: their binaries lie in their own packages and are taken along as they are. */
const NATIVE = ["better-sqlite3-multiple-ciphers", "@napi-rs/keyring", "@node-rs/argon2", "koffi"];

/**
 * Lays the app out as Electron expects it, as far as this platform allows, and says what is missing. Nothing here is an
 * installer yet, and nothing is signed.
 *
 * SECURITY: only the five bundles of the product are taken. The preview is a development tool and never packaged.
 */
const target = join("out", "package", "amanah");
rmSync(join("out", "package"), { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const bundle of ["main", "preload", "service", "badge", "page"]) {
  cpSync(join("out", bundle), join(target, "out", bundle), { recursive: true });
}
const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Record<string, unknown>;
const { name, version, description, license, type, main } = manifest;
writeFileSync(
  join(target, "package.json"),
  JSON.stringify({ name, version, description, license, type, main }, null, 2),
);
for (const file of ["LICENSE", "README.md"]) cpSync(file, join(target, file));
const taken = NATIVE.flatMap(nativePackages);
for (const folder of taken) {
  cpSync(join("node_modules", folder), join(target, "node_modules", folder), {
    recursive: true,
    dereference: true,
  });
}

const missing = [
  ...("absent" in findElectron() ? ["the Electron runtime: it could not be had here"] : []),
  "installers (MSI, deb, rpm), fuses, ASAR with integrity, signing, SBOM: not built yet",
  `native binaries for other platforms than ${process.platform}-${process.arch}`,
];
console.log(`The app's files are in ${target} (native: ${taken.join(", ")}).`);
for (const what of missing) console.log(`Missing: ${what}.`);

/** A package and those of its optional platform packages that are installed here. */
function nativePackages(pkg: string): string[] {
  const own = JSON.parse(readFileSync(join("node_modules", pkg, "package.json"), "utf8")) as {
    dependencies?: Record<string, string>;
    optionalDependencies?: Record<string, string>;
  };
  const others = Object.keys({ ...own.dependencies, ...own.optionalDependencies });
  return [pkg, ...others.filter((other) => existsSync(join("node_modules", other)))];
}
