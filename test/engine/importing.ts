// `pulumi import` of a whole host, and the program that the engine writes for it.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { Host } from "../lab/lab";
import type { Project, YamlProgram } from "./languages";

/** A home whose configuration of ssh says how to log in: the id of an import names the address alone. */
export class SshHome {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<SshHome> {
    const folder = await mkdtemp(join(tmpdir(), "policy-routing-home-"));
    await mkdir(join(folder, ".ssh"));
    return new SshHome(folder);
  }

  get env(): Readonly<Record<string, string>> {
    return { HOME: this.folder };
  }

  async knows({ address, connection: { user, privateKeyPath, knownHostsPath } }: Host): Promise<void> {
    const login = `Host ${address}\n  User ${user}\n  IdentityFile ${privateKeyPath}\n  UserKnownHostsFile ${knownHostsPath}\n`;
    await writeFile(join(this.folder, ".ssh", "config"), login, { flag: "a" });
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

/** 100 rules and 100 routes that stand on a host, for `ip -batch`. */
export const manyEntries = ({ uplinks }: Host): string[] =>
  Array.from({ length: 100 }, (_, n) => [
    `rule add pref ${1000 + n} from 10.9.${n}.0/24 table 102`,
    `route add 10.8.${n}.0/24 dev ${uplinks[1].device} table 102`,
  ]).flat();

const generated = z.object({ resources: z.record(z.string(), z.unknown()) });

/** As `edge`. */
export async function importHost(
  { stack, folder }: Project<YamlProgram>,
  { address }: Host,
): Promise<{ readonly seconds: number; readonly printed: string; readonly text: string; readonly program: YamlProgram }> {
  const out = join(folder, "generated.yaml");
  const what = ["policyrouting:index:HostRouting", "edge", `${address}/routing`];
  const how = ["--yes", "--skip-preview", "--protect=false", "--out", out, "--stack", stack.name];
  const { seconds, stdout, stderr } = await stack.run(["import", ...what, ...how]);
  const text = await readFile(out, "utf8");
  return { seconds, printed: stdout + stderr, text, program: generated.parse(parse(text)) };
}
