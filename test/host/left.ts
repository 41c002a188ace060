import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Host } from "../lab/lab";
import type { Fields, Made } from "./resource";

/** What commit 779e485 left on a host for three stacks, with the tags 214, 220 and 215, and what its states said. */
interface Left {
  readonly batch: readonly string[];
  readonly register: string;
  readonly objects: Readonly<Record<string, string>>;
  readonly names: Readonly<Record<string, string>>;
  readonly made: readonly { readonly kind: string; readonly id: string; readonly state: Fields }[];
}

const left: Left = JSON.parse(readFileSync(join(__dirname, "fixtures", "tags.json"), "utf8"));
const outputs = ["machineId", "persisted", "appliedAt", "schema"];
const isOf = (stack: string, text: string): boolean => text.includes(`organization/test/${stack}`);

/** Brings about what it left for one stack, or for all, and returns the resources as the engine knows them. */
export async function bringLeft(host: Host, ...stacks: readonly string[]): Promise<Made[]> {
  const wanted = (text: string): boolean => stacks.some((stack) => isOf(stack, text));
  const objects = Object.entries(left.objects).filter(([, text]) => wanted(text));
  const lines = objects.map(([, text]) => text.split("\n")[1] ?? "");
  const put = (path: string, text: string, mode = "600") => host.exec(`umask 077; cat >${path}; chmod ${mode} ${path}`, { input: text });
  await host.batch(lines.filter((line) => left.batch.includes(line)));
  for (const line of lines) {
    const [, file, device, value] = /^sysctl (\S+) (\S+) (\d+)$/.exec(line) ?? [];
    if (file !== undefined) await host.exec(`echo ${value} >/proc/sys/net/ipv4/conf/${device}/${file}`);
  }
  await host.exec("mkdir -m 700 -p /run/policy-routing /etc/policy-routing /etc/policy-routing/objects");
  await put(
    "/run/policy-routing/register",
    left.register.replaceAll(/.*\n/g, (line) => (wanted(line) ? line : "")),
  );
  for (const [name, text] of objects) await put(`/etc/policy-routing/objects/${name}`, text);
  for (const [name, text] of Object.entries(left.names)) if (wanted(text)) await put(`/etc/iproute2/rt_tables.d/${name}`, text, "644");
  await put("/etc/policy-routing/replay", "#!/bin/sh\n# pulumi-policy-routing replay 0123456789ab\n");
  const call = "/bin/sh /etc/policy-routing/replay # pulumi-policy-routing";
  await put("/etc/rc.local", `#!/bin/sh\n# made by pulumi-policy-routing\n${call}\n`, "755");
  return left.made
    .filter(({ state }) => wanted(JSON.stringify(state["owner"])))
    .map(({ kind, id, state }) => {
      const here: Fields = { ...state, connection: host.connection };
      const fields = Object.entries(here).filter(([name]) => !outputs.includes(name));
      return { kind, id, state: here, fields: Object.fromEntries(fields) };
    });
}
