import { spawn } from "node:child_process";
import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import { uptime } from "node:os";
import { join } from "node:path";
import { Host } from "../host";
import { Internet } from "../internet";
import { hostLinks, type Plan } from "../network";
import { bornAt } from "../process";
import { Provider } from "../provider";
import { builderOf, must } from "../run";
import { directoryOf } from "../slots";
import { until } from "../until";
import { cgroupOf } from "./cgroup";
import { takeDownBooted } from "./teardown";

const LONGEST_BOOT = 180_000;

/** A host that is booted by systemd-nspawn: real systemd as PID 1, real sessions of logind, sshd as Debian runs it. Otherwise a lab's host. */
export class BootedHost extends Host {
  /** Whether it finds its uplinks ready at the next boot, or bare, for whoever manages links there. */
  uplinksAtBoot: "ready" | "bare" = "ready";

  constructor(
    plan: Plan,
    /** Shared by all hosts of a suite; what this one changes is in a layer above. */
    private readonly rootfs: string,
    /** Those of its network (sysctl). */
    private readonly settings: "read-only" | "writable",
  ) {
    super(plan, directoryOf(plan.name), 1);
  }

  /** The router behind an uplink. */
  provider(uplink: number): Provider {
    return new Provider(this.plan.name, uplink);
  }

  /** What lies beyond all providers. */
  get internet(): Internet {
    return new Internet(this.plan.name);
  }

  /** Removes host, uplinks and all. */
  async stop(): Promise<void> {
    await takeDownBooted(this.plan.name);
  }

  override async install(): Promise<void> {
    const etc = `${this.directory}/upper/etc`;
    await mkdir(`${etc}/ssh/authorized_keys.d`, { recursive: true });
    const key = await readFile(`${this.keyPath}.pub`);
    await Promise.all([
      ...["root", "ops", "nosudo"].map((user) => writeFile(`${etc}/ssh/authorized_keys.d/${user}`, key)),
      writeFile(`${etc}/hostname`, `${this.name}\n`),
      writeFile(`${etc}/hosts`, `127.0.0.1 localhost\n127.0.1.1 ${this.name}\n`),
      must(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", `root@${this.name}`, "-f", `${etc}/ssh/ssh_host_ed25519_key`]),
    ]);
    await super.install();
  }

  override async powerOff(): Promise<void> {
    const nspawn = await this.#nspawn();
    await super.powerOff();
    await until(`systemd-nspawn of ${this.name} to end`, async () => ((await bornAt(nspawn)) === undefined ? true : undefined), 60_000);
  }

  override async startSshd(): Promise<void> {
    await this.exec("systemctl start ssh.service");
  }

  /** Debian's KillMode=process spares sessions; each has a scope of its own. */
  override async stopSshd(sessions: "survive" | "die" = "survive"): Promise<void> {
    await this.exec("systemctl stop ssh.service");
    if (sessions === "die") await this.result("pkill -KILL ^sshd");
  }

  override async countLogins(): Promise<number> {
    // A line takes its time to the journal, and `--sync` waits for it.
    return (
      (await this.exec("journalctl --sync; journalctl --output=cat --unit=ssh.service --grep='^Accepted ' || true")).match(/^Accepted /gm)
        ?.length ?? 0
    );
  }

  /** Its /run is a fifth of the machine's memory: made small first. */
  override async fillRun(): Promise<void> {
    await this.exec("mount -o remount,size=32m /run");
    await super.fillRun();
  }

  protected override async boot(): Promise<void> {
    await this.batch(hostLinks(this.plan, this.number, this.uplinksAtBoot));
    const log = await open(`${this.directory}/log`, "a");
    // A host's clocks begin at its boot: a deadline on /proc/uptime does not outlive it.
    const monotonic = process.hrtime.bigint() / 1_000_000_000n;
    const unshare = [
      "unshare",
      "--mount",
      "--time",
      `--monotonic=-${monotonic}`,
      `--boottime=-${Math.floor(uptime())}`,
      "--fork",
      "--kill-child",
    ];
    const script = [join(__dirname, "boot.sh"), this.directory, this.rootfs, this.name, this.namespace, cgroupOf(this.plan.name)];
    const child = spawn("nsenter", [`--net=/run/netns/${this.namespace}`, ...unshare, ...script], {
      detached: true,
      env: {
        PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
        ...builderOf(this.plan.name),
        ...(this.settings === "writable" ? { SYSTEMD_NSPAWN_API_VFS_WRITABLE: "network" } : {}),
      },
      stdio: ["ignore", log.fd, log.fd],
    });
    child.unref();
    await log.close();
    const look = async <T>(found: Promise<T | undefined>): Promise<T | undefined> => {
      if (child.exitCode !== null) throw new Error(`${this.name} did not boot: ${await readFile(`${this.directory}/log`, "utf8")}`);
      return found;
    };
    const pid = await until(`PID 1 of ${this.name}`, () => look(this.#first()), LONGEST_BOOT);
    await writeFile(`${this.directory}/pid`, `${pid}\n`);
    await until(`systemd of ${this.name}`, () => look(this.#hasSystemd()), LONGEST_BOOT);
    const state = (await this.result("systemctl is-system-running --wait", { timeoutMs: LONGEST_BOOT })).stdout.trim();
    if (state !== "running")
      throw new Error(`${this.name} is ${state}: ${await this.exec("systemctl --failed --no-legend --plain; systemctl list-jobs")}`);
  }

  async #nspawn(): Promise<number> {
    return Number(await readFile(`${this.directory}/nspawn`, "utf8"));
  }

  /** The child of systemd-nspawn that is number 1 in a namespace of its own. */
  async #first(): Promise<number | undefined> {
    const nspawn = await this.#nspawn().catch(() => undefined);
    const children = await readFile(`/proc/${nspawn}/task/${nspawn}/children`, "utf8").catch(() => "");
    for (const child of children.split(" ").filter((text) => text !== "")) {
      const status = await readFile(`/proc/${child}/status`, "utf8").catch(() => "");
      if (/^NSpid:\t\d+\t1$/m.test(status)) return Number(child);
    }
    return undefined;
  }

  async #hasSystemd(): Promise<true | undefined> {
    return (await this.result("test -S /run/systemd/private")).code === 0 ? true : undefined;
  }
}
