import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { run } from "../lab/run";
import { profiles } from "./profiles/index";
import type { Report } from "./run";
import { contractTable, heldOf, heldTable, profilesTable } from "./table";

const file = join(__dirname, "held.json");
const schema = z.object({ versions: z.string(), held: z.record(z.string(), z.record(z.string(), z.string())) });

const read = (): z.infer<typeof schema> =>
  existsSync(file) ? schema.parse(JSON.parse(readFileSync(file, "utf8"))) : { versions: "nothing yet", held: {} };

/** Keeps what was seen for docs/hosts.md, where it takes the place of what was seen earlier of the same host. */
export async function record(report: Report): Promise<void> {
  const seen = await versions();
  const { held } = read();
  held[report.profile.name] = { ...heldOf(report) };
  const known = Object.fromEntries(profiles.flatMap(({ name }) => (held[name] === undefined ? [] : [[name, held[name]]])));
  writeFileSync(file, `${JSON.stringify({ versions: seen, held: known }, undefined, 2)}\n`);
}

/** Of this machine, on which the hosts in namespaces run; a booted host has its own, but the kernel. */
async function versions(): Promise<string> {
  const said = async (...argv: [string, ...string[]]): Promise<string> => {
    const { stdout, stderr } = await run(argv);
    return (stdout + stderr).trim();
  };
  const [kernel, ip, ssh] = await Promise.all([said("uname", "-r"), said("ip", "-V"), said("ssh", "-V")]);
  const [linux] = /^\d+\.\d+/.exec(kernel) ?? [kernel];
  return `Linux ${linux}, iproute2 ${/iproute2-([^,\s]+)/.exec(ip)?.[1]}, ${/^\S+/.exec(ssh)?.[0].replace("_", " ").replace(/,$/, "")}, Node ${process.versions.node.split(".")[0]}`;
}

/** The generated parts of docs/hosts.md. */
export function documented(): Readonly<Record<string, string>> {
  const { versions: seen, held } = read();
  return { hosts: profilesTable(profiles), contract: contractTable(), held: `Seen on ${seen}:\n\n${heldTable(profiles, held)}` };
}
