// An uplink that has nothing but what a router advertises: the router is radvd, and who listens is the kernel itself, or a manager.
import { strict as assert } from "node:assert";
import { closeHosts } from "../../provider/src/host/host";
import { create, type Made, read, remove, stateOf } from "../host/resource";
import { transit } from "../lab/addresses";
import { type BootedHost, startBooted } from "../lab/booted/booted";
import { Advertiser } from "../lab/radvd";
import { until } from "../lab/until";
import { type Client, clients } from "./clients";
import { printFollowed, row as rowOf } from "./followSeen";
import { put } from "./managers";
import { patience, watched } from "./said";
import { needBooted, suites } from "./suites";

const repeats = Number(process.env["POLICY_ROUTING_REPEATS"] ?? 1);

const kernelItself: Pick<Client, "name" | "install"> & { readonly short: string } = {
  name: "the kernel itself",
  short: "kernel",
  install: async (host) => {
    const [{ device, address, gateway }] = host.uplinks;
    const lines = [
      `link set ${device} up`,
      `addr add ${address}/18 dev ${device}`,
      `route add default via ${gateway} dev ${device}`,
      "link set eth1 up",
    ];
    await put(
      host,
      "/etc/systemd/system/uplinks.service",
      `[Unit]\nAfter=local-fs.target\n[Service]\nType=oneshot\n${lines.map((line) => `ExecStart=/bin/ip ${line}\n`).join("")}[Install]\nWantedBy=multi-user.target\n`,
    );
    await host.exec("systemctl enable --quiet uplinks.service 2>&1");
  },
};
const listeners = [
  ...((process.env["POLICY_ROUTING_CLIENTS"] ?? "").split(/\s+/).includes("kernel") ? [kernelItself] : []),
  ...clients.filter(({ isExtra }) => isExtra !== true),
];

const prefix = (number: number): string => `2001:db8:2:${(number + 6).toString(16)}::`;
const router = (number: number): string => `fe80::${(number % 2) + 5}:1`;
const second = { priority: 1001, family: "inet6", from: { addressesOf: "eth1" }, table: 102 };
const way = { destination: "default", family: "inet6", via: { gatewayOf: "eth1" }, table: 102 };

after(printFollowed);

for (const [suite, listener] of suites.flatMap((one) => listeners.map((other) => [one, other] as const)))
  describe(`an uplink that radvd announces to ${listener.name} (${suite})`, function () {
    this.timeout(600_000 + 200_000 * repeats);
    let host: BootedHost | undefined;
    let made: Made | undefined;
    let advertiser: Advertiser;
    /** What is advertised now, by number. */
    let [at, by] = [0, 0];
    /** The provider takes the prefix for its own, and what lies beyond knows it there. */
    const advertise = async (...numbers: number[]): Promise<void> => {
      const prefixes = numbers.map(prefix);
      for (const one of prefixes) {
        await get().provider(1).exec(`nft insert rule inet edge from_hosts ip6 saddr ${one}/64 accept`);
        await get().internet.exec(`ip route replace ${one}/64 via ${transit(1).provider6} dev isp1`);
      }
      await advertiser.advertise({ router: router(by), prefixes });
    };
    const get = (): BootedHost => {
      assert.ok(host !== undefined);
      return host;
    };
    before(async function () {
      await needBooted(this);
      host = await startBooted({ name: `booted-radvd-${suite}-${listener.short}`, suite, settings: "writable" });
      advertiser = new Advertiser(host.provider(1), host.directory);
      await advertise(at);
      await listener.install(host);
      host.uplinksAtBoot = "bare";
      await host.reboot();
      await until("an address", addressIn.bind(undefined, prefix(at)), patience);
    });
    after(async () => {
      closeHosts();
      await host?.stop();
    });

    const row = (event: string, times: number, once: () => Promise<number>): Promise<void> =>
      rowOf({ client: `${listener.name}, of radvd`, suite, event }, times, once);
    const address = (of: string): RegExp => new RegExp(`^\\d+: eth1 +inet6 (${of.slice(0, -1)}\\S+)/`);
    const addressIn = async (of: string): Promise<string | undefined> =>
      (await get().exec("ip -6 -o addr show dev eth1 scope global -tentative"))
        .split("\n")
        .map((line) => address(of).exec(line)?.[1])
        .find((one) => one !== undefined);
    const ruleOf = (of: string): RegExp => new RegExp(`^1001:\\s+from ${of}/64 lookup 102`);
    // By a next hop object where networkd makes one.
    const leads = (via: string): RegExp => new RegExp(`^default (?:nhid \\d+ )?via ${via} dev eth1 (?!table)`);
    const leadsOurs = (via: string): RegExp => new RegExp(`^default via ${via} dev eth1 table 102`);

    const stands = async (): Promise<true | undefined> =>
      (await get().result("ip -6 -N route show table 102")).stdout.startsWith(`default via ${router(by)} dev eth1 proto 214 `)
        ? true
        : undefined;

    /** It answers by its own provider, none of it leaves by the other one, and a refresh finds what is declared. */
    const isRight = async (): Promise<void> => {
      const own = await until("an address", () => addressIn(prefix(at)), patience);
      const answers = async () => ((await get().internet.result(`ping -6 -n -c 1 -W 1 ${own}`)).code === 0 ? true : undefined);
      await until(`an answer of ${own}`, answers, patience);
      const { dropped } = await get().provider(0).counters();
      await get().internet.result(`ping -6 -n -c 10 -i 0.05 ${own}`);
      assert.equal((await get().provider(0).counters()).dropped, dropped, "nothing leaves by the wrong provider");
      closeHosts();
      const found = made === undefined ? undefined : await read(made);
      const declared = made && stateOf(made);
      assert.deepEqual([found?.["rules"], found?.["routes"]], [declared?.["rules"], declared?.["routes"]]);
    };

    it("is followed from the first", async () => {
      made = await create("HostRouting", { connection: get().connection, routes: { way }, rules: { second } });
      assert.equal(made.state["persisted"], "systemd");
      await isRight();
    });

    it("another prefix beside the one before", () =>
      row("another prefix beside the one before", 2 * repeats, async () => {
        const now = prefix(++at);
        const seconds = await watched(get(), () => advertise(at - 1, at), {
          causes: [address(now), new RegExp(`^${now}/64 dev eth1`)],
          ours: [ruleOf(now)],
        });
        await isRight();
        return seconds;
      }));

    it("another router", () =>
      row("another router", 2 * Math.ceil(repeats / 2), async () => {
        const now = router(++by);
        const seconds = await watched(get(), () => advertise(at), {
          causes: [leads(now)],
          ours: [leadsOurs(now)],
        });
        await isRight();
        return seconds;
      }));

    for (const [event, happen] of [
      ["link down and up", () => get().exec("ip link set eth1 down; sleep 0.3; ip link set eth1 up")],
      ["no carrier for 2 s", () => get().provider(1).exec("ip link set h1 down; sleep 2; ip link set h1 up")],
    ] as const)
      it(event, () =>
        row(event, repeats, async () => {
          const seconds = await watched(
            get(),
            async () => {
              await happen();
              await until("an address", () => addressIn(prefix(at)), patience);
              await until("the route", stands, patience);
            },
            { causes: [address(prefix(at)), leads(router(by))], ours: [leadsOurs(router(by))], mayStay: true },
          );
          await isRight();
          return seconds;
        }),
      );

    it("a boot behind which everything is other", () =>
      row("boot with another prefix and router", repeats, async () => {
        by++;
        await advertise(++at);
        await get().reboot();
        await until("an address", () => addressIn(prefix(at)), patience);
        const since = Date.now();
        const follows = async () => ((await get().exec("ip -6 -N rule show pref 1001")).includes(` ${prefix(at)}/64 `) ? true : undefined);
        await until("the rule", follows, patience);
        const seconds = (Date.now() - since) / 1000;
        await isRight();
        return seconds;
      }));

    it("goes without a trace", async () => {
      if (made !== undefined) await remove(made);
      assert.equal(await get().exec("ip -6 rule show | grep 'proto 214'; ls -d /etc/policy-routing 2>/dev/null || :"), "");
    });
  });
