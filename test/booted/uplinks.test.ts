// A second uplink whose address nobody knows when the program is written: a real client, a real server, and a provider that drops wrong sources.
import { strict as assert } from "node:assert";
import { closeHosts } from "../../provider/src/host/host";
import { create, type Fields, type Made, read, refusal, remove, update, warnings } from "../host/resource";
import { type BootedHost, startBooted } from "../lab/booted/booted";
import { DhcpServer } from "../lab/dhcp";
import { until } from "../lab/until";
import { clients } from "./clients";
import { needBooted, suites } from "./suites";

const patience = 30_000;
/** A request that came while the server was being replaced is sent again by RFC 2131, 4.4.5: after half of what is left, a minute at least. */
const untilAsked = 150_000;
/** Seconds from the new address until the host follows. */
const promised = 2;
/** More by POLICY_ROUTING_OFTEN. */
const times = Number(process.env["POLICY_ROUTING_OFTEN"] ?? 5);
/** Addresses that come and go, of which each is two events: a minute at the rate of the test below is five times as long. */
const storm = 100;

for (const [suite, client] of suites.flatMap((one) => clients.map((other) => [one, other] as const)))
  describe(`an uplink that ${client.name} leases (${suite})`, function () {
    this.timeout(900_000 + 30_000 * times);
    let host: BootedHost;
    let server: DhcpServer;
    let made: Made;
    const [old, other] = ["198.18.128.2", "198.18.128.77"];
    before(async function () {
      await needBooted(this);
      host = await startBooted({
        name: `booted-uplinks-${suite}-${client.short}`,
        suite,
        // dhcpcd changes settings of its device, and does nothing where it may not.
        ...(client.isExtra === true ? ({ more: "clients", settings: "writable" } as const) : {}),
      });
      const mac = (await host.exec("cat /sys/class/net/eth1/address")).trim();
      server = new DhcpServer(host.provider(1), host.directory, { mac, network: "198.18.128.0" });
      await server.lease(old);
      await client.install(host);
      host.uplinksAtBoot = "bare";
      await host.reboot();
      await leased(old);
    });
    after(async () => {
      closeHosts();
      await host?.stop();
    });

    const has = async (address: string): Promise<true | undefined> =>
      (await host.exec("ip -4 addr show dev eth1")).includes(` ${address}/`) ? true : undefined;
    const leased = (address: string): Promise<true> => until(`the lease of ${address}`, () => has(address), untilAsked);
    const asked = async (): Promise<void> => {
      const words = client.ask?.(suite);
      if (words !== undefined) await host.exec(words);
    };
    const answers = async (address: string): Promise<true | undefined> =>
      (await host.internet.result(`ping -n -c 1 -W 1 ${address}`)).code === 0 ? true : undefined;
    const sources = async (): Promise<string[]> =>
      [...(await host.exec("ip -N rule show pref 1001")).matchAll(/from (\S+) lookup 102 proto 214/g)].map(([, from = ""]) => from).sort();
    const found = async (): Promise<unknown> => {
      closeHosts();
      const { rules } = (await read(made)) ?? {};
      return typeof rules === "object" && rules !== null && "second" in rules ? rules.second : undefined;
    };
    const main = { priority: 1000, family: "inet", table: "main", suppressPrefixlength: 0 };
    const declared = { second: { priority: 1001, family: "inet", from: { addressesOf: "eth1" }, table: 102 } };

    /** What the kernel said while something happened: seconds from a line of it until another one. */
    const watched = async (came: RegExp, followed: RegExp, happen: () => Promise<void>): Promise<number> => {
      await host.exec("ip -4 -ts monitor address route rule >/run/seen 2>&1 & echo $! >/run/watcher");
      await happen();
      const seconds = await until(
        `${followed} behind ${came}`,
        async () => {
          const lines = (await host.exec("cat /run/seen")).split("\n");
          const at = (what: RegExp): number | undefined => {
            const line = lines.findLastIndex((one) => what.test(one));
            const [, time] = /^\[([^\]]+)\]/.exec(lines.slice(0, line + 1).findLast((one) => one.startsWith("[")) ?? "") ?? [];
            return line === -1 || time === undefined ? undefined : Date.parse(`${time}Z`) / 1000;
          };
          const [from, to] = [at(came), at(followed)];
          return from === undefined || to === undefined ? undefined : to - from;
        },
        patience,
      );
      await host.exec("kill $(cat /run/watcher)");
      return seconds;
    };
    const ruleFor = (address: string, happen: () => Promise<void>): Promise<number> =>
      watched(new RegExp(`^\\[.*inet ${address}/.* eth1`), new RegExp(`^\\[.*1001:\\s+from ${address} lookup 102`), happen);
    const gateway = async (): Promise<string | undefined> =>
      // A table without a route is none.
      /^default via (\S+) dev eth1 proto 214 onlink/.exec((await host.result("ip -N route show table 102")).stdout)?.[1];

    it("is followed from the first", async () => {
      made = await create("HostRouting", {
        connection: host.connection,
        routes: { second: { destination: "default", family: "inet", via: { gatewayOf: "eth1" }, table: 102 } },
        rules: { main, ...declared },
      });
      assert.equal(made.state["persisted"], "systemd");
      assert.deepEqual(await sources(), [old]);
      await until("an answer", () => answers(old), patience);
    });

    it(`answers by its provider within ${promised} s of another lease, ${times} times; a refresh shows no drift; what is foreign stays`, async () => {
      const foreign = `pref 1001 from ${other} table 102`;
      await host.exec(`ip rule add ${foreign}`);
      let longest = 0;
      for (let time = 0; time < times; time++) {
        const [before, now] = time % 2 === 0 ? [old, other] : [other, old];
        const seconds = await ruleFor(now, async () => {
          await server.lease(now);
          await asked();
          await leased(now);
        });
        console.log(`      ${before} -> ${now}: ${seconds.toFixed(2)} s`);
        longest = Math.max(longest, seconds);
        assert.ok(seconds <= promised, `${seconds} s`);
        await until("an answer", () => answers(now), patience);
        await until("the old rule to be gone", async () => ((await sources()).includes(before) ? undefined : true), patience);
        const { dropped } = await host.provider(0).counters();
        await host.internet.result(`ping -n -c 10 -i 0.05 ${now}`);
        assert.equal((await host.provider(0).counters()).dropped, dropped, "nothing leaves by the wrong provider");
        assert.deepEqual(await found(), declared.second);
        assert.match(await host.exec("ip -N rule show pref 1001"), new RegExp(`from ${other} lookup 102\\s*$`, "m"));
      }
      console.log(`      ${times} leases: ${longest.toFixed(2)} s at most`);
      await host.exec(`ip rule del ${foreign}`);
      assert.equal((await host.result("ls /run/policy-routing/fought")).code, 2);
    });

    it(`goes by another gateway within ${promised} s of the client's own route, and a refresh shows no drift`, async () => {
      const [own = ""] = await sources();
      for (const now of ["198.18.128.5", "198.18.128.1"]) {
        await server.gateway(now);
        const seconds = await watched(
          new RegExp(`^\\[[^\\]]*\\] ?default via ${now} dev eth1 (?!table)`),
          new RegExp(`^\\[[^\\]]*\\] ?default via ${now} dev eth1 table 102`),
          async () => {
            await server.lease(own);
            await asked();
            if (client.gatewayAgain !== undefined) await host.exec(client.gatewayAgain);
            await until(`the gateway ${now}`, async () => ((await gateway()) === now ? true : undefined), untilAsked);
          },
        );
        console.log(`      gateway ${now}: ${seconds.toFixed(2)} s`);
        assert.ok(seconds <= promised, `${seconds} s`);
        await until("an answer", () => answers(own), patience);
        closeHosts();
        assert.deepEqual((await read(made))?.["routes"], made.state["routes"]);
      }
    });

    it("shows true drift, also with the service at work; and repairs what somebody took away", async () => {
      await host.exec("systemctl stop policy-routing.service");
      const [own = ""] = await sources();
      await host.exec(`ip rule add pref 1001 from 198.18.128.99 table 102 proto 214; ip rule del pref 1001 from ${own} proto 214`);
      assert.deepEqual(await found(), { ...declared.second, from: "198.18.128.99" });
      await host.exec("systemctl start policy-routing.service");
      await until("the host to follow again", async () => ((await sources()).join() === own ? true : undefined), patience);
      assert.deepEqual(await found(), declared.second);
      // Within the time that the service needs.
      await host.exec("ip addr add 10.79.0.1/32 dev eth1");
      assert.deepEqual(await found(), declared.second);
      await host.exec("ip addr del 10.79.0.1/32 dev eth1");
      assert.deepEqual(await found(), declared.second);
    });

    it("follows a link that goes down and up, and what changed while the host was down", async () => {
      const [own = ""] = await sources();
      await host.exec("ip link set eth1 down; sleep 0.3; ip link set eth1 up");
      await asked();
      await leased(own);
      await until("an answer", () => answers(own), patience);
      await until("its rule alone", async () => ((await sources()).join() === own ? true : undefined), patience);
      const next = own === old ? other : old;
      await server.lease(next);
      closeHosts();
      await host.reboot();
      await leased(next);
      await until("the rule", async () => ((await sources()).join() === next ? true : undefined), promised * 1000);
      await until("the route", async () => ((await gateway()) === "198.18.128.1" ? true : undefined), patience);
      await until("an answer", () => answers(next), patience);
      assert.deepEqual(await found(), declared.second);
    });

    it("follows prefixes that a router announces, two at once, and is right also where there is none yet", async () => {
      const six = await create("PolicyRule", {
        connection: host.connection,
        priority: 1003,
        family: "inet6",
        from: { addressesOf: "eth1" },
        table: 102,
      });
      assert.match(String(six.state["persisted"]), /pending: eth1 has no IPv6 address/);
      const prefixes = async (): Promise<string> =>
        [...(await host.exec("ip -6 -N rule show pref 1003")).matchAll(/from (\S+) lookup 102 proto 214/g)]
          .map(([, from]) => from)
          .sort()
          .join();
      const [lease = ""] = await sources();
      for (const announced of [["2001:db8:2:5::"], ["2001:db8:2:5::", "2001:db8:2:6::"]]) {
        await server.announce(announced);
        await server.lease(lease);
        const all = announced.map((prefix) => `${prefix}/64`).join();
        await until(`rules from ${all}`, async () => ((await prefixes()) === all ? true : undefined), patience);
        closeHosts();
        assert.deepEqual((await read(six))?.["from"], { addressesOf: "eth1" });
      }
      await remove(six);
      assert.equal(await prefixes(), "");
    });

    it("follows through a storm of 1,000 address events a minute, never gives up, and takes a bounded share of a processor", async () => {
      const usage = async (): Promise<number> =>
        Number(/^usage_usec (\d+)/m.exec(await host.exec("cat /sys/fs/cgroup/system.slice/policy-routing.service/cpu.stat"))?.[1]) / 1e6;
      const [own = ""] = await sources();
      const before = await usage();
      const began = Date.now();
      await host.exec(
        `for i in $(seq 1 ${storm}); do ip addr add 10.77.0.$((i % 200 + 1))/32 dev eth1; sleep 0.06; ip addr del 10.77.0.$((i % 200 + 1))/32 dev eth1; sleep 0.06; done`,
      );
      const seconds = (Date.now() - began) / 1000;
      await host.exec("ip addr add 10.78.0.1/32 dev eth1");
      const since = Date.now();
      const all = ["10.78.0.1", own].sort().join();
      await until("the rules of what is left", async () => ((await sources()).join() === all ? true : undefined), patience);
      const late = (Date.now() - since) / 1000;
      const share = (await usage()) - before;
      console.log(
        `      ${2 * storm} events in ${seconds.toFixed(0)} s: ${((100 * share) / seconds).toFixed(1)} % of a processor; right ${late.toFixed(1)} s later`,
      );
      assert.ok(late <= 6, `${late} s`);
      assert.ok(share / seconds <= 0.25, `${share} s of ${seconds}`);
      assert.equal((await host.result("ls /run/policy-routing/fought")).code, 2);
      await host.exec("ip addr del 10.78.0.1/32 dev eth1");
      await until("the rule of the lease alone", async () => ((await sources()).join() === own ? true : undefined), patience);
    });

    it("is undone rightly where the lease changes while a change is armed, and a right change is kept", async () => {
      const [own = ""] = await sources();
      const next = own === old ? other : old;
      const rules = (second: Fields): Fields => ({ rules: { main, second: { ...declared.second, ...second } } });
      // The address changes in the middle of the transaction, when its first steps are made under the guard.
      const restore = await host.replaceBinary(
        "/bin/ip",
        `#!/bin/bash
case "$*" in *-batch*) [ ! -e /run/swap ] || ! ls /run/policy-routing/t-*/armed >/dev/null 2>&1 || { rm /run/swap; for words in "add ${next}/32" "del ${own}/18"; do (exec -a ip ip.real addr $words dev eth1); done; } ;; esac
exec -a ip ip.real "$@"
`,
      );
      const follows = (address: string): Promise<true> =>
        until(`the host to follow to ${address}`, async () => ((await sources()).includes(address) ? true : undefined), patience);
      await host.exec(": >/run/swap");
      const probes = [{ route: "192.0.2.1", dev: "nowhere", expect: true }];
      const { message } = await refusal(update(made, { ...rules({ table: 103 }), guard: { confirmTimeout: 30, probes } }));
      assert.match(message, /reverted \(verified\)/);
      await follows(next);
      await host.exec(`ip addr add ${own}/18 dev eth1; ip addr del ${next}/32 dev eth1`);
      await follows(own);
      await host.exec(": >/run/swap");
      closeHosts();
      const told = await warnings(async () => {
        made = await update(made, { rules: { main, other: { ...declared.second, priority: 1002 }, ...declared } });
      });
      assert.match(told, /warning: .*eth1: has other addresses than when the change was planned: the host follows/);
      await follows(next);
      await restore();
    });

    it("goes without a trace", async () => {
      await remove(made);
      assert.equal(await host.exec("ip rule show | grep 'proto 214'; ls -d /etc/policy-routing 2>/dev/null || :"), "");
    });
  });
