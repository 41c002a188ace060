import { readFile } from "node:fs/promises";
import { closeHosts, hostOf } from "../../provider/src/host/host";
import { nothingMore } from "../../provider/src/kernel/observed/look";
import type { Fields } from "../host/resource";
import { type Host, type Lab, startLab } from "../lab/lab";
import { type Relay, startRelay } from "../lab/relay";
import { until } from "../lab/until";
import { Hooks } from "../soak/hooks";

export const run = "/run/policy-routing";
export const verified = /: reverted \(verified\): /;
/** A short one: the tests wait for it. */
export const guard = { confirmTimeout: 2 };

/** A lab with a host that can be caught in mid-transaction, reached directly and by a path that can be bad. */
export class GuardSite {
  #lab: Lab | undefined;
  #path: Relay | undefined;
  #hooks: Hooks | undefined;

  constructor(
    readonly name: string,
    readonly hosts = 1,
  ) {}

  async open(): Promise<void> {
    this.#lab = await startLab({ name: this.name, hosts: this.hosts });
    this.#hooks = new Hooks(this.host);
    await this.#hooks.install();
    this.#path = await startRelay({ host: this.host.address });
  }

  get lab(): Lab {
    return opened(this.#lab);
  }
  get host(): Host {
    return this.lab.hosts[0];
  }
  get hooks(): Hooks {
    return opened(this.#hooks);
  }
  get path(): Relay {
    return opened(this.#path);
  }

  /** As if nothing had been. */
  async clean(): Promise<void> {
    this.path.cut();
    closeHosts();
    await this.hooks.release();
    await this.host.exec(`ip rule flush proto 214; ip rule flush proto 215; ip route flush table 100; rm -rf ${run}`);
  }

  async close(): Promise<void> {
    await this.#path?.close();
    await this.#lab?.stop();
  }

  rule(fields: Fields = {}): Fields {
    return { connection: this.host.connection, priority: 1000, from: "198.18.128.2", table: 100, guard, ...fields };
  }

  /** A rule that cuts the controller off. */
  cut(): Fields {
    const terms = { ...guard, allowManagementPathChange: true };
    return { connection: this.host.connection, priority: 1009, to: "198.19.0.0/16", action: "blackhole", guard: terms };
  }

  /** The connection by the relay. */
  async byRelay(): Promise<Fields> {
    const { host, port } = this.path;
    return { host, port, user: this.host.user, privateKeyPath: this.host.keyPath, hostKey: await this.host.hostKey() };
  }
}

function opened<T>(what: T | undefined): T {
  if (what === undefined) throw new Error("the lab is not open");
  return what;
}

/** Does something while a transaction is held at the point that was set before it began, and lets it go on. */
export async function caught(hooks: Hooks, action: () => Promise<unknown>): Promise<void> {
  await until("a transaction at the point that was set", async () => (hooks.isReached ? true : undefined), 30_000);
  await action();
  await hooks.release();
}

/** Bytes of the register as it lies on the host. */
export const registerOf = (host: Host): Promise<string> => host.exec(`cat ${run}/register 2>/dev/null || true`);

/** Lines of the audit on a host without a log daemon. */
export async function auditOf(host: Host): Promise<string[]> {
  const text = await readFile(await host.file("/var/log/policy-routing.log"), "utf8").catch(() => "");
  return text.split("\n").filter((line) => line !== "");
}

/** When the guard of the one transaction on the host is to fire, and when it did, in seconds since boot. */
export async function deadlineOf(host: Host): Promise<number> {
  const [, deadline] = /watch \S+ ([0-9]+) /.exec(await host.exec(`tail -n 2 ${run}/t-*/guard`)) ?? [];
  return Number(deadline);
}

export async function isFired(host: Host, timeoutMs = 15_000): Promise<void> {
  await until("the guard", async () => ((await host.result(`ls ${run}/t-*/fired`)).code === 0 ? true : undefined), timeoutMs);
}

/** Reads something, so that what is left of earlier transactions is read too. */
export const visit = (host: Host): Promise<unknown> => hostOf(host.connection).look(nothingMore);
