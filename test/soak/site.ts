import type { Host } from "../lab/lab";
import { type Relay, startRelay } from "../lab/relay";
import { looseDevice } from "./draw/room";
import { Hooks } from "./hooks";
import type { Fields } from "./protocol";
import type { Random } from "./random";
import type { Spare } from "./spare";
import { type Door, Stack } from "./stack";
import type { Step } from "./steps";
import type { Guest } from "./subjects/guests";
import { besides, type View, viewOf } from "./view";
import { tags } from "./words";

/** What a host of the soak is: faults and subjects say which they need. */
export type Trait =
  /** Reached by a relay, which can be a bad path. */
  | "relay"
  /** A namespace of this machine, in which nothing but sshd runs: guards by setsid. */
  | "namespace"
  /** A booted Debian: guards are services of systemd. */
  | "booted"
  /** What is confirmed is persisted. */
  | "persist"
  /** A service puts back what is missing, beside the transactions. */
  | "monitor";

export const stackNames = { first: "organization/soak/first", second: "organization/soak/second" } as const;

/** Logins of the soak are quick, and a host that is gone should be told soon. */
const patience = { perDialTimeout: 4, dialErrorLimit: 8 };

/** One host of the soak, the stacks that work on it, and what is none of their business. */
export class Site {
  readonly hooks: Hooks;
  readonly first = new Stack(stackNames.first, tags.first);
  /** Another team's, with a tag of its own. */
  readonly second = new Stack(stackNames.second, tags.second);
  /** Seconds that a dial may take, where it is not the usual. */
  dial: number | undefined;
  /** Whether the spare host belongs to what is changed at present. */
  usesSpare = false;
  /** What a person asks for beside the next run of the programs. */
  readonly asked: Step[] = [];
  /** What somebody put there for one change. */
  readonly guests: Guest[] = [];
  /** Slots of entries that went away by themselves: the register may still name them. */
  readonly stale = new Set<string>();
  /** The lines that are not ours, and the settings of devices, when nobody is at work. */
  foreign: readonly string[] = [];
  #usual: ReadonlyMap<string, readonly string[]> = new Map();

  private constructor(
    readonly host: Host,
    readonly traits: ReadonlySet<Trait>,
    readonly random: Random,
    readonly spare: Spare,
    /** How this host is reached, on hosts that are reached by a relay. */
    readonly path: Relay | undefined,
    private readonly login: Fields,
  ) {
    this.hooks = new Hooks(host);
  }

  static async open(host: Host, traits: ReadonlySet<Trait>, random: Random, spare: Spare, user: "root" | "ops"): Promise<Site> {
    const path = traits.has("relay") ? await startRelay({ host: host.address }) : undefined;
    const sudo = user === "root" ? {} : { sudo: true };
    const known = path === undefined ? { knownHostsPath: host.connection.knownHostsPath } : { hostKey: await host.hostKey() };
    const site = new Site(host, traits, random, spare, path, { user, ...sudo, privateKeyPath: host.keyPath, ...known });
    await site.hooks.install();
    await site.furnish();
    const { ours, foreign } = await viewOf(host);
    site.foreign = foreign;
    site.#usual = ours;
    return site;
  }

  get stacks(): readonly [Stack, Stack] {
    return [this.first, this.second];
  }

  /** What resources say about reboots here: where systemd runs, `auto` finds it. */
  get persist(): string | undefined {
    return this.traits.has("persist") && !this.traits.has("booted") ? "rc-local" : undefined;
  }

  connection(door: Door): Fields {
    const dial = this.dial === undefined ? patience : { ...patience, perDialTimeout: this.dial };
    if (door === "spare") return { ...this.spare.host.connection, ...dial };
    const { path, host, login } = this;
    const isFirst = door === "first";
    if (path !== undefined) return { host: path.host, port: isFirst ? path.port : path.otherPort, ...login, ...dial };
    return { host: isFirst ? host.address : host.address6, ...login, ...dial };
  }

  /** What stands at a slot while nobody of ours wants anything there. */
  absent(slot: string): readonly string[] {
    return this.#usual.get(slot.replace(/^spare: /, "")) ?? [];
  }

  async view(): Promise<View> {
    const view = await viewOf(this.host);
    return this.usesSpare ? besides(view, "spare", await viewOf(this.spare.host)) : view;
  }

  /** What a host has that is none of our business, and a device that can be taken away. Again after a reboot. */
  async furnish(): Promise<void> {
    const { host } = this;
    await host.batch([
      `link add ${looseDevice} type veth peer name loose1`,
      `link set ${looseDevice} addrgenmode none up`,
      "link set loose1 addrgenmode none up",
      "rule add pref 900 from 198.51.100.99 table 150",
      "rule add pref 1003 from 198.51.100.98 table 150",
      "rule add pref 1007 to 192.0.2.98 table 100 proto 4",
    ]);
    await host.exec("ip.real -6 rule add pref 1005 from 2001:db8:f::/48 table 150");
    await this.furnishRoutes();
  }

  /** Those that go with an uplink's carrier or address. */
  async furnishRoutes(): Promise<void> {
    const { host } = this;
    const [first, second] = host.uplinks;
    await host.batch([
      `route replace default via ${first.gateway} dev ${first.device} table 150 proto static`,
      `route replace 203.0.113.200 via ${second.gateway} dev ${second.device} table 100 metric 7 proto static`,
    ]);
    await host.exec(`ip.real -6 route replace 2001:db8:f::/48 dev ${second.device} table 100 proto static`);
  }

  /** Cuts the power and boots; then what is persisted is put back, by whatever does that here. */
  async reboot(): Promise<void> {
    await this.host.reboot();
    await this.furnish();
    if (this.persist !== undefined) await this.host.result("[ ! -x /etc/rc.local ] || /etc/rc.local");
  }

  /** A host on which something failed begins anew, so that the others' figures are of use. */
  async rescue(): Promise<void> {
    await Promise.all(this.stacks.map(({ controller }) => controller.stop()));
    await this.hooks.release();
    for (const stack of this.stacks) stack.forget();
    this.guests.length = 0;
    this.stale.clear();
    const service = "systemd/system/policy-routing.service systemd/system/multi-user.target.wants/policy-routing.service";
    await this.host.exec(`cd /etc && rm -rf policy-routing iproute2/rt_tables.d/policy-routing-* rc.local ${service}`);
    await this.host.reboot();
    await this.furnish();
  }

  async close(): Promise<void> {
    await Promise.all(this.stacks.map(({ controller }) => controller.stop()));
    await this.path?.close();
  }
}
