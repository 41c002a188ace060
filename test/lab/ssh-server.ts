import { readFile, rm, writeFile } from "node:fs/promises";
import { type Transport, transports } from "../../provider/src/declaration/connection";
import { management } from "./addresses";
import { Machine } from "./machine";
import { type Result, type RunOptions, run } from "./run";
import { until } from "./until";

/** What a provider needs to know to log in. */
export interface Connection {
  host: string;
  user: string;
  privateKeyPath: string;
  knownHostsPath: string;
  transport?: Transport;
}

const LOG = "/var/log/sshd.log";
/** Written once sshd listens. Not in /run, which a test may fill. */
const PID_FILE = "/var/log/sshd.pid";

/** For a whole run: by which transport hosts are reached; as by default where nothing is said. */
const transport = transports.find((one) => one === process.env["POLICY_ROUTING_TRANSPORT"]);

/** A machine with OpenSSH's server, on the management network and on all uplinks. */
export class SshServer extends Machine {
  readonly user = "root";
  readonly address = management(this.plan.slot, this.number).address;
  readonly address6 = management(this.plan.slot, this.number).address6;
  readonly keyPath = `${this.labDirectory}/key`;
  readonly knownHostsPath = `${this.labDirectory}/known_hosts`;

  get connection(): Connection {
    const login = { host: this.address, user: this.user, privateKeyPath: this.keyPath, knownHostsPath: this.knownHostsPath };
    return transport === undefined ? login : { ...login, transport };
  }

  /** The command line of the real client. */
  sshCommand(command: readonly string[] = [], user = this.user): [string, ...string[]] {
    const options = {
      StrictHostKeyChecking: "yes",
      UserKnownHostsFile: this.knownHostsPath,
      IdentitiesOnly: "yes",
      LogLevel: "ERROR",
      KexAlgorithms: "curve25519-sha256", // the default takes 80 ms of CPU on either side
    };
    const flags = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
    return ["ssh", "-F", "none", "-i", this.keyPath, ...flags, `${user}@${this.address}`, ...command];
  }

  /** Runs a command over SSH, by /usr/bin/ssh. */
  async ssh(command: string, user?: string, options?: RunOptions): Promise<Result> {
    return run(this.sshCommand(["--", command], user), options);
  }

  /** The public key, as known_hosts has it after the name. */
  async hostKey(): Promise<string> {
    const [type, key] = (await readFile(await this.file("/etc/ssh/ssh_host_ed25519_key.pub"), "utf8")).split(" ");
    return `${type} ${key}`;
  }

  async startSshd(): Promise<void> {
    await this.exec(`/usr/sbin/sshd -E ${LOG}`);
    await this.#listening();
  }

  /** Ends the listening process; sessions live on, as with Debian's KillMode=process, unless they are to die with it. */
  async stopSshd(sessions: "survive" | "die" = "survive"): Promise<void> {
    const pidFile = await this.file(PID_FILE);
    const listener = (await readFile(pidFile, "utf8")).trim();
    // A listener forks while it is ended: who was born meanwhile is found by the next look.
    const gone = sessions === "die" ? "! pkill -KILL ^sshd" : `[ ! -e /proc/${listener} ]`;
    if (sessions === "survive") await this.exec(`kill ${listener}`);
    await until("sshd to end", async () => ((await this.result(gone)).code === 0 ? true : undefined), 30_000);
    await rm(pidFile, { force: true });
  }

  /**
   * Sets an option of sshd_config, or takes it back with null, and starts the listening process anew.
   * `MaxStartups` is 100 from the start, for fleets; null makes it what OpenSSH has by default, 10:30:100.
   */
  async setSshdOption(name: string, value: string | null): Promise<void> {
    const path = await this.file(`/etc/ssh/sshd_config.d/${name}.conf`);
    await (value === null ? rm(path, { force: true }) : writeFile(path, `${name} ${value}\n`));
    await this.stopSshd();
    await this.startSshd();
  }

  /** Logins accepted since the host was made. A login is in the log before its first command runs. */
  async countLogins(): Promise<number> {
    return (await readFile(await this.file(LOG), "utf8")).match(/^Accepted /gm)?.length ?? 0;
  }

  protected override async boot(): Promise<void> {
    await super.boot();
    await this.#listening();
  }

  async #listening(): Promise<void> {
    const pidFile = await this.file(PID_FILE);
    await until(`sshd of ${this.name} to listen`, async () => (await readFile(pidFile, "utf8").catch(() => "")) || undefined, 30_000);
  }
}
