// Peers that people would use instead: pyinfra and Ansible from PyPI, in a cache of their own, and @pulumi/command where its plugin is installed.
import { access, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStack } from "../engine-cli/engine";
import { asWithUsers } from "../engine-cli/environment";
import type { Host } from "../lab/lab";
import { run } from "../lab/run";
import type { Fleet } from "./fleet";
import { batchLines, objectsOf } from "./objects";
import type { Sample } from "./rows";

const cache = join(__dirname, "..", "..", "node_modules", ".cache", "bench-peers");
const packages = ["pyinfra==3.5.1", "ansible-core==2.19.4"];
const atOnce = 32;
const patience = 3_600_000;

export const peerNames = ["pyinfra", "ansible-one-task", "ansible-task-per-object", "pulumi-command"] as const;
type Peer = (typeof peerNames)[number];

/** Installs what is not there yet. */
export async function ensurePeers(): Promise<void> {
  const mark = join(cache, packages.join(" "));
  if (await exists(mark)) return;
  await rm(cache, { recursive: true, force: true });
  await mkdir(cache, { recursive: true });
  console.error(`installs ${packages.join(", ")} into ${cache}`);
  await must("python3", ["-m", "venv", join(cache, "venv")]);
  await must(join(cache, "venv", "bin", "pip"), ["install", "--quiet", "--disable-pip-version-check", ...packages]);
  await writeFile(mark, "");
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function must(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<void> {
  const PATH = `${join(cache, "venv", "bin")}:${process.env["PATH"]}`;
  const { code, stdout, stderr } = await run([program, ...args], { timeoutMs: patience, env: { PATH, ...env } });
  if (code !== 0) throw new Error(`${program} ${args.join(" ")}: exit code ${code}: ${(stderr || stdout).slice(-2000)}`);
}

/** Seconds of one run on cleared hosts, all of whose objects must be there afterwards. */
async function timed(
  fleet: Fleet,
  count: number,
  files: Readonly<Record<string, string>>,
  work: (folder: string) => Promise<void>,
): Promise<Sample> {
  await fleet.clear();
  const folder = await mkdtemp(join(tmpdir(), "policy-routing-peer-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const began = performance.now();
    await work(folder);
    const seconds = (performance.now() - began) / 1000;
    await fleet.mustBeComplete(count);
    return { seconds };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const login = ({ keyPath, knownHostsPath }: Host) => ({ keyPath, knownHostsPath });

function pyinfra(fleet: Fleet, count: number): Promise<Sample> {
  const hosts = fleet.hosts.map((host) => {
    const { keyPath, knownHostsPath } = login(host);
    return `("${host.address}", {"ssh_user": "root", "ssh_key": "${keyPath}", "ssh_known_hosts_file": "${knownHostsPath}"})`;
  });
  const files = {
    "inventory.py": `hosts = [\n  ${hosts.join(",\n  ")}\n]\n`,
    "deploy.py": `from pyinfra.operations import server\nserver.shell(commands=["""ip -batch - <<'END'\n${batchLines(objectsOf(count)).join("\n")}\nEND"""])\n`,
  };
  return timed(fleet, count, files, (folder) =>
    must("pyinfra", ["-y", "--parallel", String(atOnce), join(folder, "inventory.py"), join(folder, "deploy.py")], { HOME: folder }),
  );
}

const ansible =
  (form: "one" | "each") =>
  (fleet: Fleet, count: number): Promise<Sample> => {
    const lines = batchLines(objectsOf(count));
    const one = `    - shell: |\n        ip -batch - <<'END'\n${lines.map((line) => `        ${line}\n`).join("")}        END\n`;
    const each = lines.map((line) => `    - command: ip ${line}\n`).join("");
    const inventory = fleet.hosts.map((host) => {
      const { keyPath, knownHostsPath } = login(host);
      const options = `-F none -o UserKnownHostsFile=${knownHostsPath} -o IdentitiesOnly=yes`;
      return `${host.address} ansible_user=root ansible_ssh_private_key_file=${keyPath} ansible_ssh_common_args='${options}' ansible_python_interpreter=/usr/bin/python3`;
    });
    const files = {
      inventory: `${inventory.join("\n")}\n`,
      "play.yml": `- hosts: all\n  gather_facts: false\n  tasks:\n${form === "one" ? one : each}`,
    };
    return timed(fleet, count, files, (folder) =>
      must("ansible-playbook", ["-f", String(atOnce), "-i", join(folder, "inventory"), join(folder, "play.yml")], {
        HOME: folder,
        LC_ALL: "C.UTF-8",
      }),
    );
  };

/** One Command a host, which runs the batch. */
async function pulumiCommand(fleet: Fleet, count: number): Promise<Sample> {
  await fleet.clear();
  const batch = `ip -batch - <<'END'\n${batchLines(objectsOf(count)).join("\n")}\nEND`;
  const connections = await Promise.all(
    fleet.hosts.map(async (host) => ({ host: host.address, user: "root", privateKeyPath: host.keyPath, hostKey: await host.hostKey() })),
  );
  const folder = await mkdtemp(join(tmpdir(), "policy-routing-peer-"));
  const file = join(folder, "declared.json");
  await writeFile(file, JSON.stringify({ connections, batch }));
  const stack = await openStack({ program: join(__dirname, "programs", "command"), env: { ...asWithUsers, BENCH: file } });
  try {
    const { seconds } = await stack.up([], { timeoutSeconds: patience / 1000 });
    await fleet.mustBeComplete(count);
    return { seconds };
  } finally {
    await stack.remove();
    await rm(folder, { recursive: true });
  }
}

const peers: Readonly<Record<Peer, (fleet: Fleet, count: number) => Promise<Sample>>> = {
  pyinfra,
  "ansible-one-task": ansible("one"),
  "ansible-task-per-object": ansible("each"),
  "pulumi-command": pulumiCommand,
};

/** The plugin cannot be downloaded everywhere: where it is missing, its case is left out, and that is said. */
export async function runPeer(name: Peer, fleet: Fleet, count: number): Promise<Sample | undefined> {
  try {
    return await peers[name](fleet, count);
  } catch (error) {
    if (name !== "pulumi-command") throw error;
    const [reason] = /.*(?:no resource plugin|could not|error:).*/i.exec(error instanceof Error ? error.message : String(error)) ?? [
      "it failed",
    ];
    console.error(`left out: ${name}: ${reason.trim()}`);
    return undefined;
  }
}
