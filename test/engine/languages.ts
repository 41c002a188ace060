// The how-to for the second uplink in other languages, and projects of them.
import { join } from "node:path";
import { stringify } from "yaml";
import { openStack, type Stack, type StackOptions, writeProgram } from "../engine-cli/engine";
import type { PythonHost } from "../engine-cli/python";
import type { Host } from "../lab/lab";

type Json = Readonly<Record<string, unknown>>;

/** What stands below the head of a Pulumi.yaml. */
export interface YamlProgram {
  readonly resources?: Json;
  readonly variables?: Json;
  readonly outputs?: Json;
}

/** A program of its own with a stack of its own. */
export interface Project<Program> {
  readonly folder: string;
  readonly stack: Stack;
  write(program: Program): Promise<void>;
  /** Forgets the stack; what it made stays. */
  remove(): Promise<void>;
}

const plugins = { providers: [{ name: "policyrouting", path: join(__dirname, "../../provider/bin") }] };

async function open<Program>(
  filesOf: (program: Program) => Readonly<Record<string, string>>,
  first: Program,
  options: Partial<StackOptions>,
): Promise<Project<Program>> {
  const { folder, write, remove } = await writeProgram(filesOf(first));
  try {
    const stack = await openStack({ program: folder, ...options });
    const both = async (): Promise<void> => {
      await stack.remove();
      await remove();
    };
    return { folder, stack, write: (program) => write(filesOf(program)), remove: both };
  } catch (error) {
    await remove();
    throw error;
  }
}

// What a program says twice stands there twice: YAML's host takes no aliases.
const yamlFiles = (program: YamlProgram): Record<string, string> => ({
  "Pulumi.yaml": stringify({ name: "yaml-test", runtime: "yaml", plugins, ...program }, { aliasDuplicateObjects: false }),
});

export const openYaml = (program: YamlProgram, options: Partial<StackOptions> = {}): Promise<Project<YamlProgram>> =>
  open(yamlFiles, program, options);

export const openPython = ({ virtualenv, env }: PythonHost, program: string): Promise<Project<string>> => {
  const head = stringify({ name: "python-test", runtime: { name: "python", options: { virtualenv } }, plugins });
  return open((text) => ({ "Pulumi.yaml": head, "__main__.py": text }), program, { env });
};

/** A host and, beside it, a rule of the priority that is asked for, which goes by the host's output. */
export function yamlHowTo({ uplinks: [, { device, address, gateway, prefix }], connection }: Host, priority: number): YamlProgram {
  const routing = {
    tables: { isp2: { tableId: 102, name: "isp2" } },
    routes: {
      link: { destination: prefix, dev: device, src: address, table: 102 },
      uplink: { destination: "default", via: gateway, dev: device, table: 102 },
    },
    rules: { source: { priority: 1000, from: address, table: 102 } },
  };
  const table = '${host.tables["isp2"].tableId}';
  return {
    resources: {
      host: { type: "policyrouting:HostRouting", properties: { connection, ...routing } },
      to: { type: "policyrouting:PolicyRule", properties: { connection, priority, to: address, table } },
    },
    outputs: { persisted: "${to.persisted}" },
  };
}

export function pythonHowTo(host: Host, priority: number): string {
  const { device, address, gateway, prefix } = host.uplinks[1];
  const { user, privateKeyPath, knownHostsPath } = host.connection;
  return `import pulumi
import pulumi_policyrouting as policyrouting

connection = policyrouting.ConnectionArgs(
    host="${host.address}", user="${user}", private_key_path="${privateKeyPath}", known_hosts_path="${knownHostsPath}"
)
host = policyrouting.HostRouting(
    "host",
    connection=connection,
    tables={"isp2": {"table_id": 102, "name": "isp2"}},
    routes={
        "link": {"destination": "${prefix}", "dev": "${device}", "src": "${address}", "table": 102},
        "uplink": {"destination": "default", "via": "${gateway}", "dev": "${device}", "table": 102},
    },
    rules={"source": {"priority": 1000, "from_": "${address}", "table": 102}},
)
to = policyrouting.PolicyRule(
    "to", connection=connection, priority=${priority}, to="${address}", table=host.tables["isp2"].table_id
)
pulumi.export("persisted", to.persisted)
`;
}

/** A component and beside it a rule of two sources; of another host, a fleet of one, and what it has now. */
export function pythonComponents(first: Host, second: Host): string {
  const login = ({ connection: { host, user, privateKeyPath, knownHostsPath } }: Host): string =>
    `policyrouting.ConnectionArgs(host="${host}", user="${user}", private_key_path="${privateKeyPath}", known_hosts_path="${knownHostsPath}")`;
  const uplink = ({ uplinks: [, { device, address, gateway, prefix }] }: Host): string =>
    `device="${device}", address=["${address}/${prefix.split("/")[1]}"], gateway="${gateway}", table=102`;
  return `import pulumi
import pulumi_policyrouting as policyrouting

edge = policyrouting.MultihomedHost(
    "edge", connection=${login(first)}, persist="none", uplinks={"isp2": policyrouting.UplinkArgs(${uplink(first)})}
)
fleet = policyrouting.Fleet(
    "fleet",
    canary=["edge-2"],
    hosts={
        "edge-2": policyrouting.FleetHostArgs(
            connection=${login(second)}, persist="none", uplinks={"isp2": policyrouting.UplinkArgs(${uplink(second)})}
        )
    },
)
both = policyrouting.PolicyRule(
    "both", connection=${login(first)}, persist="none", priority=900, from_=["198.51.100.1", "198.51.100.2"], table=edge.tables["isp2"]
)
seen = policyrouting.get_host(connection=${login(second)})
way = policyrouting.lookup_output(connection=${login(second)}, to="192.0.2.1")
pulumi.export("devices", [one.dev for one in seen.addresses])
pulumi.export("way", way.apply(lambda one: [one.table, one.dev]))
pulumi.export("commands", edge.commands)
pulumi.export("persisted", fleet.persisted)
pulumi.export("sources", both.from_)
`;
}
