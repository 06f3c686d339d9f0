import { join } from "node:path";

/** Where the service's files and IT's policy are. */
export interface ShellOptions {
  readonly dataDir: string;
  readonly policyFile: string;
}

/**
 * A packaged app takes no options: whoever can start it with arguments could otherwise point it at a policy or a cache of
 * their own. The development build takes `--data-dir=` and `--policy=`.
 */
export function readOptions(
  argv: readonly string[],
  packaged: boolean,
  userData: string,
  platform: NodeJS.Platform,
): ShellOptions {
  const given = (name: string): string | undefined =>
    packaged
      ? undefined
      : argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
  return {
    dataDir: given("data-dir") ?? join(userData, "ward"),
    policyFile: given("policy") ?? policyPath(platform, userData),
  };
}

function policyPath(platform: NodeJS.Platform, userData: string): string {
  return platform === "linux" ? "/etc/amanah/policy.json" : join(userData, "policy.json");
}
