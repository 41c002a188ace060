// What happens to an uplink, and how soon the host follows.
import { strict as assert } from "node:assert";
import { create, read, remove } from "../host/resource";
import { until } from "../lab/until";
import { printFollowed, row as rowOf } from "./followSeen";
import { type LeasedHost, second } from "./leased";
import { patience } from "./said";

/** More by POLICY_ROUTING_REPEATS; of leases, by POLICY_ROUTING_OFTEN. */
const asked = process.env["POLICY_ROUTING_REPEATS"];
const repeats = Number(asked ?? 1);
const leases = Number(process.env["POLICY_ROUTING_OFTEN"] ?? asked ?? 5);
export const longest = 900_000 + 30_000 * leases + 200_000 * repeats;

after(printFollowed);

const inet = (address: string): RegExp => new RegExp(`^\\d+: eth1 +inet ${address}/`);
const isUp = /^\d+: eth1(@\S+)?: <[^>]*LOWER_UP/;
const ruleFrom = (address: string): RegExp => new RegExp(`^1001:\\s+from ${address} lookup 102`);
const leads = (via: string): RegExp => new RegExp(`^default via ${via} dev eth1 (?!table)`);
const leadsOurs = (via: string): RegExp => new RegExp(`^default via ${via} dev eth1 table 102`);

export function events(get: () => LeasedHost): void {
  const gateway = "198.18.128.1";
  let own = "";

  const row = (event: string, times: number, once: (time: number) => Promise<number>): Promise<void> =>
    rowOf({ client: get().client.name, suite: get().suite, event }, times, once);

  it("is followed from the first", async () => {
    const one = get();
    await one.follow();
    assert.equal(one.made.state["persisted"], "systemd");
    [own = ""] = await one.sources();
    await one.isRight(own);
  });

  it(`another lease, ${leases} times`, () =>
    row("another lease", leases, async () => {
      const one = get();
      const now = one.fresh();
      const seconds = await one.watched(
        async () => {
          await one.server.lease(now);
          await one.asked();
          await one.leased(now);
        },
        { causes: [inet(now)], ours: [ruleFrom(now)] },
      );
      own = now;
      await one.isRight(own);
      return seconds;
    }));

  it("another gateway", () =>
    row("another gateway", 2 * Math.ceil(repeats / 2), async (time) => {
      const one = get();
      const via = time % 2 === 0 ? "198.18.128.5" : gateway;
      await one.server.gateway(via);
      const seconds = await one.watched(
        async () => {
          await one.server.lease(own);
          await one.asked();
          if (one.client.gatewayAgain !== undefined) await one.host.exec(one.client.gatewayAgain);
          await until(`the gateway ${via}`, async () => ((await one.gateway()) === via ? true : undefined), 150_000);
        },
        { causes: [leads(via)], ours: [leadsOurs(via)] },
      );
      await one.isRight(own);
      return seconds;
    }));

  /** All that comes back behind something that may have taken it away; where it took nothing, there was nothing to follow. */
  const comesBack = async (happen: (one: LeasedHost) => Promise<void>): Promise<number> => {
    const one = get();
    const seconds = await one.watched(
      async () => {
        await happen(one);
        await one.asked();
        await one.leased(own);
        await until("the route", async () => ((await one.gateway()) === gateway ? true : undefined), patience);
      },
      { causes: [isUp, inet(own), leads(gateway)], ours: [leadsOurs(gateway)], mayStay: true },
    );
    await one.isRight(own);
    return seconds;
  };

  it("a link that goes down and up", () =>
    row("link down and up", repeats, () =>
      comesBack(async ({ host }) => void (await host.exec("ip link set eth1 down; sleep 0.3; ip link set eth1 up"))),
    ));

  it("a cable that is pulled out and put in", () =>
    row("no carrier for 2 s", repeats, () =>
      // Long enough for a client to notice.
      comesBack(async ({ host }) => void (await host.provider(1).exec("ip link set h1 down; sleep 2; ip link set h1 up"))),
    ));

  it("prefixes that a router announces, two at once, also where there is none yet", async () => {
    const one = get();
    const six = await create("PolicyRule", {
      connection: one.host.connection,
      ...{ priority: 1003, family: "inet6", from: { addressesOf: "eth1" }, table: 102 },
    });
    assert.match(String(six.state["persisted"]), /pending: eth1 has no IPv6 address/);
    const prefixes = async (): Promise<string[]> =>
      [...(await one.host.exec("ip -6 -N rule show pref 1003")).matchAll(/from (\S+) lookup 102 proto 214/g)].map(([, from = ""]) => from);
    const prefix = (number: number): string => `2001:db8:2:${(number + 5).toString(16)}::`;
    await row("another prefix beside the one before", 2 * repeats, async (time) => {
      const announced = time === 0 ? [prefix(0)] : [prefix(time - 1), prefix(time)];
      await one.server.announce(announced);
      const seconds = await one.watched(() => one.server.lease(own), {
        // What the kernel makes itself of an advertisement it tells when the address is known to be nobody else's, and its route at once.
        causes: [new RegExp(`^\\d+: eth1 +inet6 ${prefix(time).slice(0, -1)}`), new RegExp(`^${prefix(time)}/64 dev eth1`)],
        ours: [new RegExp(`^1003:\\s+from ${prefix(time)}/64 lookup 102`)],
      });
      const there = await prefixes();
      assert.deepEqual(
        announced.map((each) => `${each}/64`).filter((each) => !there.includes(each)),
        [],
      );
      assert.deepEqual((await read(six))?.["from"], { addressesOf: "eth1" });
      return seconds;
    });
    await remove(six);
    assert.deepEqual(await prefixes(), []);
  });

  // It takes two minutes: a server has no shorter lease.
  if (asked !== undefined)
    it("a lease that ends while the provider is away, and another one when it is back", () =>
      row("a lease that ended, and another one", 1, async () => {
        const one = get();
        await one.server.stop();
        await until("the lease to end", async () => ((await one.has(own)) ? undefined : true), 150_000);
        assert.deepEqual(await one.sources(), [own], "what it had last stays");
        assert.deepEqual(await one.found(), second);
        own = one.fresh();
        const seconds = await one.watched(
          async () => {
            await one.server.lease(own);
            const words = one.client.gatewayAgain ?? one.client.ask?.(one.suite);
            if (words !== undefined) await one.host.exec(words);
            await one.leased(own);
          },
          { causes: [inet(own)], ours: [ruleFrom(own)] },
        );
        await one.isRight(own);
        return seconds;
      }));

  it("a boot behind which everything is other", () =>
    row("boot with another lease", repeats, async () => {
      const one = get();
      own = one.fresh();
      await one.server.lease(own);
      await one.host.reboot();
      await one.beside();
      await one.leased(own);
      const since = Date.now();
      await until("the rule", async () => ((await one.sources()).join() === own ? true : undefined), patience);
      const seconds = (Date.now() - since) / 1000;
      await until("the route", async () => ((await one.gateway()) === gateway ? true : undefined), patience);
      await one.isRight(own);
      return seconds;
    }));
}
