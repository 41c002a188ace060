import { existsSync } from "node:fs";
import { homedir, hostname, userInfo } from "node:os";
import { join } from "node:path";

/** Who runs this, as ssh's configuration has it. */
export interface Person {
  /** Where `~` leads to. */
  readonly home: string;
  /** The home that passwd knows, which is the only one for ssh itself; undefined where passwd does not know who runs here. */
  readonly passwdHome: string | undefined;
  readonly user: string | undefined;
  readonly uid: number | undefined;
  readonly machine: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Containers set HOME to another folder than passwd has. If there is a .ssh in it, somebody means that one. */
export function whoRuns(): Person {
  const own = orElse(() => homedir(), "/");
  const entry = orElse(() => userInfo(), undefined);
  const passwdHome = entry?.homedir;
  const home = passwdHome === undefined || existsSync(join(own, ".ssh")) ? own : passwdHome;
  return { home, passwdHome, user: entry?.username, uid: process.getuid?.(), machine: hostname(), environment: process.env };
}

/** Both are looked up in passwd, which need not know who runs here. */
function orElse<T, Else>(ask: () => T, otherwise: Else): T | Else {
  try {
    return ask();
  } catch {
    return otherwise;
  }
}
