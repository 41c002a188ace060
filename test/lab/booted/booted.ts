import { mkdir, writeFile } from "node:fs/promises";
import { layNetwork } from "../network";
import { ensurePackages } from "../packages.mjs";
import { Provider } from "../provider";
import { must } from "../run";
import { directoryOf, labName, takenSlots, takeSlot } from "../slots";
import { BootedHost } from "./host";
import { type More, rootfs, rootfsWith, type Suite } from "./rootfs";
import { takeDownBooted } from "./teardown";

export type { BootedHost } from "./host";
export type { Suite } from "./rootfs";

const PACKAGES = ["debootstrap", "iproute2", "nftables", "openssh-client", "systemd-container"];

export interface BootedOptions {
  /** Unique among all labs of this machine. */
  name: string;
  suite?: Suite;
  uplinks?: number;
  /** What is installed beside: others that make rules and routes (keepalived, FRR, BIRD, WireGuard), or DHCP clients (ISC dhclient, dhcpcd, udhcpc). */
  more?: More;
  /** Whether it may change the settings of its network (sysctl), as a machine may; systemd-nspawn keeps them from it. */
  settings?: "read-only" | "writable";
}

/** Why this machine cannot boot hosts; undefined where it can. To be printed where tests are skipped. */
export async function whyNotBooted(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return "booted hosts need root";
  try {
    await ensurePackages(PACKAGES);
    await must(["unshare", "--mount", "--time", "--monotonic=0", "--fork", "mount", "-t", "cgroup2", "cgroup2", "/sys/fs/cgroup"]);
    await must(["unshare", "--net", "--pid", "--ipc", "--uts", "--cgroup", "--fork", "true"]);
    return undefined;
  } catch (error) {
    return `this machine cannot run containers: ${error instanceof Error ? error.message : error}`;
  }
}

/** Boots a Debian and returns when it is up. What is left of an earlier one with this name goes first. */
export async function startBooted({
  name: asked,
  suite = "bookworm",
  uplinks = 2,
  more,
  settings = "read-only",
}: BootedOptions): Promise<BootedHost> {
  const name = labName(asked);
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(name)) throw new Error(`a host's name is lower-case letters, digits and dashes, not "${name}"`);
  await ensurePackages(PACKAGES);
  const lower = await (more === undefined ? rootfs(suite) : rootfsWith(more, suite));
  const user = (await takenSlots()).find(({ lab, pid, orphaned }) => lab === name && pid !== process.pid && !orphaned);
  if (user) throw new Error(`the lab ${name} is in use by process ${user.pid}`);
  await takeDownBooted(name);
  try {
    const plan = { name, slot: await takeSlot(name, process.pid), hosts: 1, uplinks };
    const directory = directoryOf(name);
    const host = new BootedHost(plan, lower, settings);
    await mkdir(directory, { recursive: true });
    await must(["mount", "-t", "tmpfs", "-o", "mode=755", name, directory]);
    await Promise.all([must(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", host.keyPath]), layNetwork(plan)]);
    await Promise.all([host.install(), ...host.uplinks.map((_, index) => new Provider(name, index).filter())]);
    await writeFile(host.knownHostsPath, `${host.address},${host.address6} ${await host.hostKey()}\n`);
    return host;
  } catch (error) {
    await takeDownBooted(name);
    throw error;
  }
}
