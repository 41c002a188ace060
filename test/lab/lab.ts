import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MAX_HOSTS } from "./addresses";
import { Host } from "./host";
import { Internet } from "./internet";
import { layNetwork, type Plan } from "./network";
import { ensurePackages } from "./packages.mjs";
import { Provider } from "./provider";
import { builderOf, must } from "./run";
import { directoryOf, labName, takenSlots, takeSlot } from "./slots";
import { takeDown } from "./teardown";

export type { Uplink } from "./addresses";
export type { Host } from "./host";
export type { Connection } from "./ssh-server";

const PACKAGES = ["iproute2", "iputils-ping", "nftables", "openssh-client", "openssh-server", "procps", "sudo", "tcpdump"];

export interface LabOptions {
  name: string;
  hosts?: number;
  uplinks?: number;
  /** Whether the lab is to outlive this process. */
  keep?: boolean;
}

/** Hosts with uplinks, a provider behind each uplink, the internet behind the providers. */
export class Lab {
  readonly name: string;
  readonly hosts: readonly [Host, ...Host[]];
  readonly providers: readonly [Provider, Provider, ...Provider[]];
  readonly internet: Internet;

  constructor(
    readonly plan: Plan,
    /** Of the user `guest`. */
    readonly password: string,
  ) {
    const { name, hosts, uplinks } = plan;
    this.name = name;
    const host = (number: number): Host => new Host(plan, directoryOf(name), number);
    this.hosts = [host(1), ...Array.from({ length: hosts - 1 }, (_, index) => host(index + 2))];
    this.providers = [new Provider(name, 0), new Provider(name, 1), ...(uplinks === 3 ? [new Provider(name, 2)] : [])];
    this.internet = new Internet(name);
  }

  /** Removes all of it. */
  async stop(): Promise<void> {
    await takeDown(this.name);
  }
}

/** Starts a lab and returns when all its hosts accept logins. What is left of an earlier one with this name goes first. */
export async function startLab({ name: asked, hosts = 1, uplinks = 2, keep = false }: LabOptions): Promise<Lab> {
  const name = labName(asked);
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(name)) throw new Error(`a lab's name is lower-case letters, digits and dashes, not "${name}"`);
  if (!(hosts >= 1 && hosts <= MAX_HOSTS)) throw new Error(`a lab has 1 to ${MAX_HOSTS} hosts, not ${hosts}`);
  if (!(uplinks >= 2 && uplinks <= 3)) throw new Error(`a lab's hosts have 2 or 3 uplinks, not ${uplinks}`);
  await ensurePackages(PACKAGES);
  const user = (await takenSlots()).find(({ lab, pid, orphaned }) => lab === name && pid !== undefined && pid !== process.pid && !orphaned);
  if (user) throw new Error(`the lab ${name} is in use by process ${user.pid}`);
  await takeDown(name);
  try {
    const slot = await takeSlot(name, keep ? undefined : process.pid);
    const lab = new Lab({ name, slot, hosts, uplinks }, randomBytes(9).toString("base64url"));
    await Promise.all([makeImage(lab), layNetwork(lab.plan)]);
    await Promise.all([...lab.providers.map((provider) => provider.filter()), ...lab.hosts.map((host) => host.install())]);
    const keys = await Promise.all(lab.hosts.map(async (host) => `${host.address},${host.address6} ${await host.hostKey()}\n`));
    await writeFile(`${directoryOf(name)}/known_hosts`, keys.join(""));
    return lab;
  } catch (error) {
    await takeDown(name);
    throw error;
  }
}

/** A lab that runs, perhaps started by another process. What it is like is seen from what there is. */
export async function openLab(asked: string): Promise<Lab> {
  const name = labName(asked);
  const slot = (await takenSlots()).find(({ lab }) => lab === name);
  if (!slot) throw new Error(`there is no lab ${name}: start one by \`npm run lab -- up 1 --name ${name}\``);
  const nodes = (await readdir("/run/netns"))
    .filter((namespace) => namespace.startsWith(`lab-${name}.`))
    .map((namespace) => namespace.split(".")[1] ?? "");
  const count = (kind: RegExp): number => nodes.filter((node) => kind.test(node)).length;
  const password = await readFile(`${directoryOf(name)}/password`, "utf8");
  return new Lab({ name, slot: slot.slot, hosts: count(/^h\d/), uplinks: count(/^isp\d/) }, password);
}

async function makeImage({ name, password }: Lab): Promise<void> {
  const directory = directoryOf(name);
  await mkdir(directory, { recursive: true });
  await must(["mount", "-t", "tmpfs", "-o", "mode=755", name, directory]);
  await writeFile(`${directory}/password`, password, { mode: 0o600 });
  await must(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", `${directory}/key`]);
  const image = ["unshare", "--mount", join(__dirname, "image.sh"), `${directory}/image`, `${directory}/key.pub`] as const;
  await must(image, { input: `${password}\n`, env: builderOf(name) });
}
