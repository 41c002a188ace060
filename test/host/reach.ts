import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Connection } from "../../provider/src/declaration/connection";
import { section } from "../../provider/src/host/wire/answer";
import { Shell } from "../../provider/src/host/wire/shell";
import { run } from "../lab/run";

/** A home of its own with a configuration of ssh; `ssh` is then told to read that one, since it only knows passwd's home. */
export async function home(below: string, config: string): Promise<string> {
  const made = await mkdtemp(join(below, "home-"));
  await mkdir(join(made, ".ssh"));
  await writeFile(join(made, ".ssh/config"), config);
  return made;
}

/** What the host says of us. */
export async function login(connection: Connection): Promise<string> {
  const shell = await Shell.open(connection);
  try {
    return section(await shell.run('facts "$session"'), "facts") ?? "";
  } finally {
    shell.close();
  }
}

/** Whether the person's own ssh gets there. */
export async function ssh(home: string, host: string, options: readonly string[] = []): Promise<boolean> {
  const words = ["-F", join(home, ".ssh/config"), "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", ...options];
  const { EDGE = "", ...given } = process.env;
  const env = Object.fromEntries(
    ["SSH_AUTH_SOCK", "KRB5_CONFIG", "KRB5CCNAME"].flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])),
  );
  return (await run(["ssh", ...words, host, "true"], { env: { EDGE, ...env } })).code === 0;
}
