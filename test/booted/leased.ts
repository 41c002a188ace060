// A booted host whose second uplink a real client leases of a real server, with a provider that drops wrong sources, and what the kernel said of it.
import { strict as assert } from "node:assert";
import { closeHosts } from "../../provider/src/host/host";
import { create, type Made, read, stateOf } from "../host/resource";
import { type BootedHost, type Suite, startBooted } from "../lab/booted/booted";
import { DhcpServer } from "../lab/dhcp";
import { until } from "../lab/until";
import type { Client } from "./clients";
import { patience, type Seen, watched } from "./said";

/** A request that came while the server was being replaced is sent again by RFC 2131, 4.4.5: after half of what is left, a minute at least. */
const untilAsked = 150_000;

export const main = { priority: 1000, family: "inet", table: "main", suppressPrefixlength: 0 };
export const second = { priority: 1001, family: "inet", from: { addressesOf: "eth1" }, table: 102 };
const way = { destination: "default", family: "inet", via: { gatewayOf: "eth1" }, table: 102 };
/** Somebody else's, at the priority of ours: one that the third lease makes a twin of ours, and that stays when ours goes. */
const foreign = "pref 1001 from 198.18.128.12 table 102";

export class LeasedHost {
  #leases = 0;

  private constructor(
    readonly host: BootedHost,
    readonly server: DhcpServer,
    readonly client: Client,
    readonly suite: Suite,
    /** What follows it. */
    public made: Made,
  ) {}

  static async start(suite: Suite, client: Client): Promise<LeasedHost> {
    const host = await startBooted({
      name: `booted-uplinks-${suite}-${client.short}`,
      suite,
      // dhcpcd changes settings of its device, and does nothing where it may not.
      ...(client.isExtra === true ? ({ more: "clients", settings: "writable" } as const) : {}),
    });
    try {
      const mac = (await host.exec("cat /sys/class/net/eth1/address")).trim();
      const server = new DhcpServer(host.provider(1), host.directory, { mac, network: "198.18.128.0" });
      const one = new LeasedHost(host, server, client, suite, { kind: "HostRouting", id: "", fields: {}, state: {} });
      const first = one.fresh();
      await server.lease(first);
      await client.install(host);
      host.uplinksAtBoot = "bare";
      await host.reboot();
      await one.leased(first);
      return one;
    } catch (error) {
      await host.stop();
      throw error;
    }
  }

  async follow(): Promise<void> {
    this.made = await create("HostRouting", { connection: this.host.connection, routes: { way }, rules: { main, second } });
    await this.beside();
  }

  /** Adds what is somebody else's. */
  async beside(): Promise<void> {
    await this.host.exec(`ip rule add ${foreign}`);
  }

  async alone(): Promise<void> {
    await this.host.exec(`ip rule del ${foreign}`);
  }

  async stop(): Promise<void> {
    closeHosts();
    await this.host.stop();
  }

  /** An address that it has not had: systemd-networkd 252 may hold one that comes again for one that it is still removing, and never configures it. */
  fresh(): string {
    const number = this.#leases++;
    return `198.18.${128 + Math.floor(number / 200)}.${10 + (number % 200)}`;
  }

  async has(address: string): Promise<true | undefined> {
    return (await this.host.exec("ip -4 addr show dev eth1")).includes(` ${address}/`) ? true : undefined;
  }

  leased(address: string): Promise<true> {
    return until(`the lease of ${address}`, () => this.has(address), untilAsked);
  }

  /** The client looks after its lease now, where it would not by itself. */
  async asked(): Promise<void> {
    const words = this.client.ask?.(this.suite);
    if (words !== undefined) await this.host.exec(words);
  }

  async answers(address: string): Promise<true | undefined> {
    return (await this.host.internet.result(`ping -n -c 1 -W 1 ${address}`)).code === 0 ? true : undefined;
  }

  async sources(): Promise<string[]> {
    return [...(await this.host.exec("ip -N rule show pref 1001")).matchAll(/from (\S+) lookup 102 proto 214/g)]
      .map(([, from = ""]) => from)
      .sort();
  }

  async gateway(): Promise<string | undefined> {
    // A table without a route is none.
    return /^default via (\S+) dev eth1 proto 214 onlink/.exec((await this.host.result("ip -N route show table 102")).stdout)?.[1];
  }

  /** What a refresh finds of the rule that follows. */
  async found(): Promise<unknown> {
    closeHosts();
    const { rules } = (await read(this.made)) ?? {};
    return typeof rules === "object" && rules !== null && "second" in rules ? rules.second : undefined;
  }

  /** It answers by its own provider, a refresh finds what is declared, and what is foreign stands. */
  async isRight(address: string): Promise<void> {
    await until("an answer", () => this.answers(address), patience);
    await until("its rule alone", async () => ((await this.sources()).join() === address ? true : undefined), patience);
    const { dropped } = await this.host.provider(0).counters();
    await this.host.internet.result(`ping -n -c 10 -i 0.05 ${address}`);
    assert.equal((await this.host.provider(0).counters()).dropped, dropped, "nothing leaves by the wrong provider");
    assert.deepEqual(await this.found(), second);
    assert.deepEqual((await read(this.made))?.["routes"], stateOf(this.made)["routes"]);
    assert.match(await this.host.exec("ip -N rule show pref 1001"), /from 198\.18\.128\.12 lookup 102\s*$/m);
  }

  watched(happen: () => Promise<void>, seen: Seen): Promise<number> {
    return watched(this.host, happen, seen);
  }
}
