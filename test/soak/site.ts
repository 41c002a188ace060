import type { Host } from "../lab/lab";
import { Controller } from "./controller";
import { type Entry, looseDevice } from "./entries";
import { Hooks } from "./hooks";
import type { Fields } from "./protocol";
import type { Random } from "./random";
import { type BadPath, startBadPath } from "./relay";

/** A resource in the engine's state. */
export interface Held {
  readonly entry: Entry;
  readonly id: string;
  readonly state: Fields;
}

export const stacks = { first: "organization/soak/first", second: "organization/soak/second" } as const;

/** One host of the soak with the controller that works on it, and what the engine would know of it. */
export class Site {
  readonly hooks: Hooks;
  readonly controller = new Controller();
  /** Of another stack. */
  readonly second = new Controller();
  /** By key. */
  readonly held = new Map<string, Held>();
  /** What is on the host in our name and the engine does not know: it will be declared again, as a person would. */
  lost: Entry[] = [];
  /** Keys of entries that went away with a device: the register may still name them. */
  readonly stale = new Set<string>();
  /** Everything that was ever declared here, by key and what is seen of it. */
  readonly declared = new Map<string, Entry>();

  private constructor(
    readonly host: Host,
    readonly random: Random,
    /** How this host is reached, on hosts that are reached by a relay. */
    readonly path: BadPath | undefined,
    readonly connection: Fields,
  ) {
    this.hooks = new Hooks(host);
  }

  static async open(host: Host, random: Random, byRelay: boolean): Promise<Site> {
    const path = byRelay ? await startBadPath(host.address) : undefined;
    const patience = { perDialTimeout: 4, dialErrorLimit: 8 };
    const { user, privateKeyPath } = host.connection;
    const connection =
      path === undefined
        ? { ...host.connection, ...patience }
        : { host: path.host, port: path.port, user, privateKeyPath, hostKey: await host.hostKey(), ...patience };
    const site = new Site(host, random, path, connection);
    await site.hooks.install();
    await site.furnish();
    return site;
  }

  /** What a host has that is none of our business, and a device that can be taken away. Again after a reboot. */
  async furnish(): Promise<void> {
    const { host } = this;
    const [first, second] = host.uplinks;
    await host.batch([
      `link add ${looseDevice} type veth peer name loose1`,
      `link set ${looseDevice} addrgenmode none up`,
      "link set loose1 addrgenmode none up",
      "rule add pref 900 from 198.51.100.99 table 150",
      "rule add pref 1003 from 198.51.100.98 table 150",
      "rule add pref 1007 to 192.0.2.98 table 100 proto 4",
      `route add default via ${first.gateway} dev ${first.device} table 150 proto static`,
      `route add 203.0.113.200 via ${second.gateway} dev ${second.device} table 100 metric 7 proto static`,
    ]);
    await host.exec(
      "ip.real -6 rule add pref 1005 from 2001:db8:f::/48 table 150; ip.real -6 route add 2001:db8:f::/48 dev eth1 table 100 proto static",
    );
  }

  /** A host that was lost is started anew, so that the others' figures are of use. */
  async rescue(): Promise<void> {
    await this.controller.stop();
    await this.host.reboot();
    this.held.clear();
    this.stale.clear();
    this.lost = [];
    await this.furnish();
  }

  async close(): Promise<void> {
    await Promise.all([this.controller.stop(), this.second.stop()]);
    this.path?.close();
  }
}
