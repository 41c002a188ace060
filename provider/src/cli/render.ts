import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import type { Declaration } from "../managers/render/declaration";
import { renderIfupdown } from "../managers/render/ifupdown";
import { renderKeyfile } from "../managers/render/keyfile";
import { renderNetplan } from "../managers/render/netplan";
import { renderNetworkd } from "../managers/render/networkd";
import { type Exit, exits, WrongUse } from "./exit";
import { declarationIn } from "./preview/declaration";
import { readText } from "./source";

/** What Debian 11 has. */
const oldestSystemd = 247;
const backends = {
  ifupdown: (declaration: Declaration) => renderIfupdown(declaration),
  netplan: (declaration: Declaration) => renderNetplan(declaration),
  NetworkManager: (declaration: Declaration) => renderKeyfile(declaration),
  "systemd-networkd": (declaration: Declaration, systemd?: number) => renderNetworkd(declaration, systemd),
} as const;
const isBackend = (name: string | undefined): name is keyof typeof backends => name !== undefined && Object.hasOwn(backends, name);

const text = { type: "string" } as const;

/** Prints what is declared for a host as another manager's own configuration, or writes it under a folder. */
export async function render(args: string[]): Promise<Exit> {
  const options = { backend: text, host: text, output: text, systemd: text, help: { type: "boolean", short: "h" } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const { backend, output } = values;
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw new WrongUse("give one FILE");
  if (!isBackend(backend)) throw new WrongUse(`--backend wants one of ${Object.keys(backends).join(", ")}`);
  const systemd = values.systemd === undefined ? undefined : Number(values.systemd);
  if (systemd !== undefined && !(Number.isInteger(systemd) && systemd >= oldestSystemd))
    throw new WrongUse(`--systemd wants a version, ${oldestSystemd} or later`);
  const files = backends[backend](declarationIn(await readText(path), path, values.host), systemd);
  if (output === undefined) process.stdout.write(files.map((file) => `# ${file.path}\n${file.text}`).join("\n"));
  else
    for (const file of files) {
      const target = join(output, file.path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, file.text);
      process.stdout.write(`${target}\n`);
    }
  return exits.done;
}
