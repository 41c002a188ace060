import { readdir, readFile, rm } from "node:fs/promises";
import { BootedHost } from "../lab/booted/host";
import { release } from "../lab/booted/rootfs";
import type { Host, Uplink } from "../lab/lab";
import { run } from "../lab/run";
import type { Fields } from "../soak/protocol";
import type { Profile } from "./profile";

/** Runs the `ip` of another Debian's root file system, which the host sees too, with its own libraries. */
function ipOf(root: string): string {
  const libraries = `${root}/usr/lib/x86_64-linux-gnu`;
  return `#!/bin/sh\nfor loader in ${libraries}/ld-[0-9]*.so; do exec "$loader" --library-path ${libraries} ${root}/usr/bin/ip "$@"; done\n`;
}

/** Of a script on the host. */
const longest = 300_000;

/** A machine of a profile, as the contract sees it: where it is managed, how it is reached, how it becomes strange again after a boot. */
export class Subject {
  /** The one that the declarations are about. */
  readonly uplink: Uplink;
  /** Who logs in, as the host sees it. */
  readonly client: string;
  readonly addresses: readonly [string, string];

  constructor(
    readonly host: Host,
    readonly profile: Profile,
    /** The host through which it is reached. */
    readonly jump: Host | undefined,
  ) {
    [, this.uplink] = host.uplinks;
    this.client = profile.client ?? jump?.address ?? host.controller;
    this.addresses = profile.addresses?.(host) ?? [host.address, host.address6];
  }

  /** What a resource says of the way in, by the first address or by the second. */
  async connection(which: 0 | 1 = 0): Promise<Fields> {
    const { login } = this.profile;
    const address = this.addresses[which];
    if (typeof login === "function") return login(this, address);
    const proxy = this.jump === undefined ? {} : { proxy: { ...this.jump.connection } };
    return { ...this.host.connection, host: address, hostKey: await this.host.hostKey(), ...proxy, ...login };
  }

  /** The network namespace that is managed, for a program of the controller. */
  async network(): Promise<string> {
    return this.profile.inner === undefined ? this.#own : this.host.file(`/run/netns/${this.profile.inner}`);
  }

  /** Every network namespace of it: nothing of ours may be in another one than the managed one. */
  async networks(): Promise<readonly string[]> {
    return this.profile.inner === undefined ? [this.#own] : [await this.network(), this.#own];
  }

  get #own(): string {
    return `/run/netns/${this.host.namespace}`;
  }

  /** What `ip` says of the managed namespace, by the controller's own. */
  async ip(words: string): Promise<string[]> {
    const { stdout } = await run(["nsenter", `--net=${await this.network()}`, "ip", "-N", "-o", ...words.split(" ")]);
    return stdout.split("\n").filter((line) => line !== "");
  }

  /** Changes its network as somebody else would. */
  async batch(lines: readonly string[]): Promise<void> {
    for (const family of ["-4", "-6"] as const) {
      const own = lines.filter((line) => (line.includes(":") ? "-6" : "-4") === family);
      if (own.length === 0) continue;
      const { code, stderr } = await run(["nsenter", `--net=${await this.network()}`, "ip", family, "-batch", "-"], {
        input: `${own.join("\n")}\n`,
      });
      if (code !== 0) throw new Error(`${this.host.name}: ${own.join("; ")}: ${stderr.trim()}`);
    }
  }

  /** The text of one of its files; empty where there is none. */
  async read(path: string): Promise<string> {
    return readFile(await this.host.file(path), "utf8").catch(() => "");
  }

  /** The first of all boots is over: it becomes strange. */
  async install(): Promise<void> {
    await this.#writeRcLocal();
    await this.#run(this.profile.install);
    for (const [path, script] of Object.entries(this.profile.programs ?? {})) await this.host.replaceBinary(path, script);
    if (this.profile.ip !== undefined) await this.host.replaceBinary("/usr/sbin/ip", ipOf(await release(this.profile.ip)));
    for (const [name, value] of Object.entries(this.profile.sshd ?? {})) await this.host.setSshdOption(name, value);
  }

  async boot(): Promise<void> {
    await this.#run(this.profile.boot);
    await this.batch(this.profile.foreign ?? []);
  }

  async spoil(): Promise<void> {
    await this.#run(this.profile.spoil);
  }

  async mend(): Promise<void> {
    await this.#run(this.profile.mend);
  }

  /** Empties the kernel: the power is cut, and it boots. Without systemd, its init ends by what rc.local says, and what that said is returned. */
  async reboot(): Promise<string> {
    await this.host.reboot();
    await this.boot();
    if (this.host instanceof BootedHost) return "";
    const { stdout, stderr } = await this.host.result("/etc/rc.local", { timeoutMs: longest });
    return stdout + stderr;
  }

  /** As if the product had never been there: what a person would do at the console. */
  async wipe(): Promise<void> {
    // What was mounted or run in its memory goes with it.
    await this.host.reboot();
    const etc = await this.host.file("/etc");
    for (const name of [
      "policy-routing",
      "systemd/system/policy-routing.service",
      "systemd/system/multi-user.target.wants/policy-routing.service",
    ])
      await rm(`${etc}/${name}`, { recursive: true, force: true });
    const names = `${etc}/iproute2/rt_tables.d`;
    for (const name of await readdir(names).catch(() => [])) if (name.startsWith("policy-routing-")) await rm(`${names}/${name}`);
    await this.#writeRcLocal();
    await this.host.reboot();
    await this.boot();
  }

  /** What calls the script that puts back what is persisted, where no systemd does. */
  async #writeRcLocal(): Promise<void> {
    if (!(this.host instanceof BootedHost)) await this.host.exec("printf '#!/bin/sh\nexit 0\n' >/etc/rc.local && chmod 755 /etc/rc.local");
  }

  async #run(script: string | undefined): Promise<void> {
    if (script !== undefined) await this.host.exec(script, { timeoutMs: longest });
  }
}
