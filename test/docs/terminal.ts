import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ensureEngine } from "../engine-cli/ensure.mjs";
import { engineEnvironment } from "../engine-cli/environment";
import { writeProgram } from "../engine-cli/program";
import type { Lab } from "../lab/lab";
import { type Result, run } from "../lab/run";

/** The terminal of somebody who reads a page: an empty folder, a home and a state of their own. */
export interface Terminal {
  /** The folder and what is exported stay from one script to the next. */
  type(script: string, input?: string): Promise<Result>;
  close(): Promise<void>;
}

export async function openTerminal(lab: Lab): Promise<Terminal> {
  const { pulumi } = await ensureEngine();
  const program = await writeProgram({});
  const home = join(program.folder, ".home");
  await mkdir(join(home, ".ssh"), { recursive: true });
  await mkdir(join(home, "state"));
  await writeFile(join(home, ".ssh/config"), sshConfig(lab));
  const session = join(home, "session");
  await writeFile(session, `cd ${program.folder}\n`);
  const { PATH = "", ...environment } = engineEnvironment(join(home, ".pulumi"), `file://${join(home, "state")}`);
  const env = {
    ...Object.fromEntries(Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
    PATH: [dirname(pulumi), PATH].join(":"),
    HOME: home,
    PULUMI_SKIP_CONFIRMATIONS: "true",
    npm_config_update_notifier: "false",
    // `npm run --silent` would hide why npx finds nothing.
    npm_config_loglevel: "error",
  };
  const keep = `trap '{ export -p; echo "cd \\"$PWD\\""; } >${session}' EXIT`;
  return {
    type: (script, input) =>
      run(["bash", "-c", `. ${session}\n${keep}\nset -e -o pipefail\n${script}`], {
        env,
        timeoutMs: 180_000,
        ...(input === undefined ? {} : { input }),
      }),
    close: () => program.remove(),
  };
}

/** edge-1.example.net and so on, as a person's own configuration knows them. */
function sshConfig({ hosts }: Lab): string {
  const known = hosts.map(({ address, keyPath, knownHostsPath }, index) => [
    `Host edge-${index + 1}.example.net`,
    `HostName ${address}`,
    "User root",
    `IdentityFile ${keyPath}`,
    `UserKnownHostsFile ${knownHostsPath}`,
  ]);
  return `${known.flat().join("\n")}\n`;
}
