import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { uptime } from "node:os";
import { join } from "node:path";
import { Namespace, namespaceOf } from "./namespace";
import { host, hostLinks, MANAGEMENT, type Plan, port, provider } from "./network";
import { bornAt } from "./process";
import { builderOf, must, run } from "./run";
import { until } from "./until";

/** A host as hardware: it boots, it is killed, it boots again. Its /etc stays; the kernel's tables, /run, /tmp and /root do not. */
export class Machine extends Namespace {
  readonly name: string;
  readonly directory: string;

  constructor(
    protected readonly plan: Plan,
    protected readonly labDirectory: string,
    /** The host's number, from 1. */
    readonly number: number,
  ) {
    super(namespaceOf(plan.name, host(number)));
    this.name = `${plan.name}-${host(number)}`;
    this.directory = `${labDirectory}/${host(number)}`;
  }

  /** Its PID 1, in the controller's numbers. */
  async pid(): Promise<number> {
    return Number(await readFile(`${this.directory}/pid`, "utf8"));
  }

  /** One of the host's files, for the controller to read or write directly. */
  async file(path: string): Promise<string> {
    return `/proc/${await this.pid()}/root${path}`;
  }

  protected override async enter(): Promise<[string, ...string[]]> {
    return ["nsenter", `--target=${await this.pid()}`, "--net", "--mount", "--uts", "--pid", "--time", "--"];
  }

  /** The first boot. */
  async install(): Promise<void> {
    await Promise.all(["upper/etc", "work", "root"].map((name) => mkdir(`${this.directory}/${name}`, { recursive: true })));
    await writeFile(`${this.directory}/upper/etc/machine-id`, `${randomBytes(16).toString("hex")}\n`);
    await this.boot();
  }

  /**
   * Cuts the power and boots anew. The network namespace is made again: that is what empties the kernel's tables. Uplinks of which the
   * number is named have no carrier when it boots.
   */
  async reboot({ dead = [] }: { dead?: readonly number[] } = {}): Promise<void> {
    const { name } = this.plan;
    await this.powerOff();
    const ends = [
      { node: MANAGEMENT, device: "mgmt" },
      ...Array.from({ length: this.plan.uplinks }, (_, index) => ({ node: provider(index), device: `eth${index}` })),
    ];
    // One whose end was moved to a namespace of the host's own went with that.
    for (const { code, stderr } of await Promise.all(
      ends.map(({ node }) => run(["ip", "-n", namespaceOf(name, node), "link", "del", host(this.number)])),
    ))
      if (code !== 0 && !stderr.includes("Cannot find device")) throw new Error(`${this.name}: ${stderr.trim()}`);
    await must(["ip", "netns", "del", this.namespace]);
    await must(["ip", "netns", "add", this.namespace]);
    await Promise.all(
      ends.map(({ node, device }) => new Namespace(namespaceOf(name, node)).batch(port(this.plan, host(this.number), device))),
    );
    for (const index of dead) await this.carrier(index, "down");
    await this.boot();
  }

  /** Unplugs an uplink at its far end, or plugs it in again. */
  async carrier(uplink: number, state: "up" | "down"): Promise<void> {
    await new Namespace(namespaceOf(this.plan.name, provider(uplink))).batch([`link set ${host(this.number)} ${state}`]);
  }

  /** Kills every process of the host at once. */
  async powerOff(): Promise<void> {
    const pid = await this.pid();
    process.kill(pid, "SIGKILL");
    await until(`${this.name} to be off`, async () => ((await bornAt(pid)) === undefined ? true : undefined));
    await rm(`${this.directory}/pid`);
  }

  async #start(): Promise<void> {
    const log = await open(`${this.directory}/log`, "a");
    // A host's uptime begins at its boot: a deadline on /proc/uptime does not outlive it.
    const unshare = ["unshare", "--mount", "--uts", "--pid", "--time", `--boottime=-${Math.floor(uptime())}`, "--fork", "--kill-child"];
    const script = [join(__dirname, "host.sh"), this.directory, `${this.labDirectory}/image`, this.name];
    const child = spawn("nsenter", [`--net=/run/netns/${this.namespace}`, ...unshare, ...script], {
      detached: true,
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", ...builderOf(this.plan.name) },
      stdio: ["ignore", log.fd, log.fd],
    });
    child.unref();
    await log.close();
    await until(
      `${this.name} to boot`,
      async () => {
        if (child.exitCode !== null) throw new Error(`${this.name} did not boot: ${await readFile(`${this.directory}/log`, "utf8")}`);
        return (await readFile(`${this.directory}/pid`, "utf8").catch(() => "")) || undefined;
      },
      60_000,
    );
  }

  protected async boot(): Promise<void> {
    await this.batch(hostLinks(this.plan, this.number));
    await this.#start();
  }
}
