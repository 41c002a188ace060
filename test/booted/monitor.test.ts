import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { closeHosts } from "../../provider/src/host/host";
import { create, type Fields, type Made, read, refusal, remove, update } from "../host/resource";
import { type BootedHost, startBooted } from "../lab/booted/booted";
import { until } from "../lab/until";
import { ours } from "./held";
import { needBooted, suites } from "./suites";

const unit = "policy-routing.service";
const patience = 20_000;
const measured = 20;

for (const suite of suites)
  describe(`the service that puts back what is missing (${suite})`, () => {
    let host: BootedHost;
    let clean: string;
    before(async function () {
      await needBooted(this);
      host = await startBooted({ name: `booted-monitor-${suite}`, suite });
      clean = await host.snapshot();
    });
    let made: Made[] = [];
    afterEach(async () => {
      for (const one of made.toReversed()) await remove(one);
      made = [];
      closeHosts();
      assert.equal(await host.snapshot(), clean);
    });
    after(async () => {
      closeHosts();
      await host?.stop();
    });

    const rule = async (fields: Fields = {}): Promise<Made> => {
      const one = await create("PolicyRule", { connection: host.connection, priority: 1000, from: "198.18.128.2", table: 100, ...fields });
      made.push(one);
      return one;
    };
    const isThere = async (): Promise<true | undefined> =>
      (await host.exec("ip rule show pref 1000")).includes("proto 214") ? true : undefined;
    const journal = (): Promise<string> => host.exec(`journalctl --sync; journalctl -b -o cat -u ${unit}`);
    /** Seconds of a processor that it took so far. */
    const used = async (): Promise<number> => {
      const group = (await host.exec(`systemctl show --property=ControlGroup --value ${unit}`)).trim();
      return Number(/usage_usec (\d+)/.exec(await host.exec(`cat /sys/fs/cgroup${group}/cpu.stat`))?.[1]) / 1_000_000;
    };
    const mainPid = async (): Promise<string> => (await host.exec(`systemctl show --property=MainPID --value ${unit}`)).trim();
    /** What refresh finds; what was read before is remembered for a moment. */
    const found = async (one: Made): Promise<unknown> => {
      closeHosts();
      return (await read(one))?.["persist"];
    };
    const repaired = async (one: Made): Promise<unknown> =>
      (await update({ ...one, state: { ...one.state, persist: "none" } }, {})).state["persisted"];

    it("is what auto chooses here, and comes again when it was killed", async () => {
      const one = await rule();
      assert.equal(one.state["persisted"], "systemd");
      await host.exec(`systemctl kill --signal=KILL ${unit}; ip rule del pref 1000`);
      await until("the rule to be there again", isThere, patience);
      await until("refresh to find it at work", async () => ((await found(one)) === undefined ? true : undefined), patience);
    });

    it("follows again at once when it was killed, also what changed meanwhile", async () => {
      const line = async (): Promise<string> =>
        [...(await host.exec("ip -N rule show pref 1000")).matchAll(/from (\S+) lookup 100 proto 214/g)].map(([, from]) => from).join();
      await rule({ family: "inet", from: { addressesOf: "eth1" } });
      assert.equal(await line(), "198.18.128.2");
      const changes = ["add 198.18.128.77/18", "del 198.18.128.77/18"];
      for (const [index, words] of changes.entries()) {
        await host.exec(`systemctl kill --signal=KILL ${unit}; ip addr ${words} dev eth1`);
        const both = index === 0 ? ["198.18.128.2,198.18.128.77", "198.18.128.77,198.18.128.2"] : ["198.18.128.2"];
        await until("it to follow", async () => (both.includes(await line()) ? true : undefined), patience);
      }
    });

    it("is found missing by refresh when somebody removed or stopped it, and the next change repairs it", async () => {
      const one = await rule();
      for (const command of [`systemctl disable --quiet --now ${unit}`, `systemctl stop ${unit}`, `rm /etc/systemd/system/${unit}`]) {
        await host.exec(command);
        assert.equal(await found(one), "none", command);
        assert.equal(await repaired(one), "systemd", command);
        assert.equal(await found(one), undefined, command);
      }
    });

    it("is started anew with a newer script, and what an older one stored still counts", async () => {
      const one = await rule();
      await host.exec("sed -i '2s/replay .*/replay 000000000000/' /etc/policy-routing/replay");
      assert.equal(await found(one), undefined);
      const pid = await mainPid();
      made = [await update(one, { from: "198.18.128.0/24" })];
      assert.match(await host.exec("sed -n 2p /etc/policy-routing/replay"), /^# pulumi-policy-routing replay (?!0{12})[0-9a-f]{12}$/m);
      assert.notEqual(await mainPid(), pid);
      await host.exec("ip rule del pref 1000");
      await until("the rule to be there again", isThere, patience);
    });

    it("puts back what was persisted last when the power goes between the confirm and the writing; the change says so", async () => {
      await rule();
      const persisted = await ours(host);
      // `sync` is called before a file gets its name.
      const restore = await host.replaceBinary(
        "/bin/sync",
        '#!/bin/sh\n[ ! -e /run/hold ] || { : >/run/held; sleep 600; }\nexec sync.real "$@"\n',
      );
      await host.exec(": >/run/hold");
      const cut = refusal(create("PolicyRule", { connection: host.connection, priority: 1001, from: "198.18.128.3", table: 100 }));
      await until("the writing", async () => ((await host.result("test -e /run/held")).code === 0 ? true : undefined), patience);
      await host.exec("ls /run/policy-routing/t-*/confirmed");
      await host.reboot();
      assert.match((await cut).message, /reverted.*the host was rebooted meanwhile/s);
      await until("what was persisted to be there again", async () => ((await ours(host)) === persisted ? true : undefined), patience);
      await restore();
      closeHosts();
      assert.equal((await rule({ priority: 1001, from: "198.18.128.3" })).state["persisted"], "systemd");
      assert.equal((await host.exec("ls /etc/policy-routing")).trim(), "objects\nreplay");
    });

    it("goes without a trace when another backend takes its place", async () => {
      const one = await rule();
      made = [await update(one, { persist: "ifupdown" })];
      assert.equal(made[0]?.state["persisted"], "ifupdown");
      assert.match(await host.exec(`systemctl show --property=LoadState --value ${unit}`), /not-found/);
      assert.equal((await host.result("pgrep -f '[p]olicy-routing/replay'")).code, 1);
      made = [await update(made[0] ?? one, { persist: "systemd" })];
      assert.equal((await host.result("ls /etc/network/if-up.d/policy-routing")).code, 2);
      assert.equal(await found(made[0] ?? one), "systemd");
    });

    it("stays out while a transaction holds the host, and looks when it has ended", async () => {
      await rule();
      // Armed, with more time to go than this test takes.
      await host.exec(`cd /run/policy-routing; for l in lock.*; do n=\${l#lock.}; done
        read -r up _ </proc/uptime; mkdir t-held; : >t-held/armed
        printf 'txn t-held\\npid 1\\nstart 0\\ndeadline %s\\nholder somebody\\nend\\n' $((\${up%%.*} + 600)) >lock.$((n + 1))
        ip rule del pref 1000`);
      await host.exec(
        "ip link set eth1 down; ip link set eth1 up; for a in 2001:db8:2::2 fe80::2; do ip addr replace $a/64 dev eth1 nodad; done",
      );
      await sleep(3_000); // longer than it takes otherwise
      assert.equal(await isThere(), undefined);
      await host.exec("cd /run/policy-routing; rm -r t-held; for l in lock.*; do : >$l; done");
      await until("the rule to be there again", isThere, patience);
    });

    it("leaves alone what somebody removes again and again, says so, and so does refresh", async () => {
      const one = await rule();
      await host.exec(`systemctl restart ${unit}`);
      for (let count = 1; count <= 3; count++) {
        await host.exec("ip rule del pref 1000");
        await until(`the rule to be there again, time ${count}`, isThere, patience);
      }
      await until(
        "it to say so",
        async () => (/removes rule inet 1000 again and again/.test(await journal()) ? true : undefined),
        patience,
      );
      closeHosts();
      const { state } = await update(one, { from: "198.18.128.0/24" });
      assert.equal(state["persisted"], "systemd, but something on the host removes it again and again");
      await host.exec("ip rule del pref 1000");
      await sleep(3_000);
      assert.equal(await isThere(), undefined);
      await host.exec(`systemctl restart ${unit}`);
      await until("the rule to be there again", isThere, patience);
    });

    it("puts a set of rules back that vanishes whole, or one after the other, and takes neither for again and again", async () => {
      await rule({ priority: 1002, from: ["198.18.128.2", "198.18.128.3", "198.18.128.4"] });
      const all = async (): Promise<true | undefined> =>
        (await host.exec("ip rule show pref 1002")).match(/proto 214/g)?.length === 3 ? true : undefined;
      await host.exec(`systemctl restart ${unit}; ip rule flush proto 214`);
      await until("all of it to be there again", all, patience);
      await host.exec(`systemctl restart ${unit}`); // which forgets what it counted
      for (const one of [3, 2, 4]) {
        await host.exec(`ip rule del pref 1002 from 198.18.128.${one}`);
        await until("the one to be there again", all, patience);
      }
      assert.doesNotMatch(await journal(), /removes rule inet 1002 again and again/);
    });

    it("says which device or address it waits for, once", async () => {
      const route = await create("PolicyRoute", {
        connection: host.connection,
        destination: "default",
        via: "198.18.128.1",
        dev: "eth1",
        table: 100,
      });
      made.push(route);
      await host.exec(
        "ip link set eth1 down; for i in 1 2 3; do ip addr add 198.51.100.1/32 dev lo; ip addr del 198.51.100.1/32 dev lo; sleep 2; done",
      );
      const pending = (await journal()).match(/^pending: route inet table 100 default: .+$/gm) ?? [];
      assert.equal(pending.length, 1, pending.join("\n"));
      await host.exec("ip link set eth1 up; for a in 2001:db8:2::2 fe80::2; do ip addr replace $a/64 dev eth1 nodad; done");
      await until(
        "the route to be there again",
        async () => ((await host.exec("ip route show table 100")).includes("proto 214") ? true : undefined),
        patience,
      );
    });

    it("hears of another default route through a flood of others, which take a bounded share of a processor", async () => {
      const leads = (via: string): Promise<string> => host.exec(`ip route replace default via ${via} dev eth1 metric 700 proto 16`);
      await leads("198.18.128.1");
      made.push(
        await create("PolicyRoute", {
          ...{ connection: host.connection, family: "inet", destination: "default", via: { gatewayOf: "eth1" }, table: 102 },
        }),
      );
      const floods = {
        "a routing daemon with a table of its own": "route VERB 10.$((n / 250)).$((n % 250)).0/24 dev eth1 table 777 proto 186",
        "default routes of other tables, too": "route VERB default dev eth1 table $((1000 + n)) proto 186",
      };
      const rounds = 12;
      for (const [index, [what, line]] of Object.entries(floods).entries()) {
        const pieces = ["add", "del"].map(
          (verb) => `n=0; while [ $n -lt 2000 ]; do n=$((n + 1)); echo "${line.replace("VERB", verb)}"; done >/run/flood.${verb}`,
        );
        await host.exec(pieces.join("; "));
        const flood = host.exec(
          `for i in $(seq ${rounds}); do for verb in add del; do ip -batch /run/flood.$verb; done; sleep 0.8; done; rm /run/flood.*`,
        );
        const [before, began] = [await used(), performance.now()];
        await sleep(5_000);
        const via = `198.18.128.${7 + index}`;
        await leads(via);
        const since = performance.now();
        const follows = async () => ((await host.exec("ip route show table 102")).startsWith(`default via ${via} `) ? true : undefined);
        await until("the route to follow", follows, patience);
        const late = (performance.now() - since) / 1000;
        await flood;
        const seconds = (performance.now() - began) / 1000;
        const share = ((await used()) - before) / seconds;
        console.log(
          `      ${what}: ${Math.round((rounds * 4000) / seconds)} changes a second, ${(share * 100).toFixed(1)} %; followed ${late.toFixed(1)} s later`,
        );
        assert.ok(share < 0.25, `${share}`);
        assert.ok(late < 6, `${late} s`);
      }
      await host.exec("ip route flush table 777; ip route del default metric 700 proto 16");
    });

    it("takes next to no processor time: idle, and with 100 address events a second", async () => {
      for (let priority = 1000; priority < 1020; priority++) await rule({ priority, from: `198.51.100.${priority - 999}` });
      const share = async (): Promise<number> => {
        const [before, began] = [await used(), performance.now()];
        await sleep(measured * 1000);
        return ((await used()) - before) / ((performance.now() - began) / 1000);
      };
      const idle = await share();
      const events = host.exec(
        `for i in $(seq ${measured + 10}); do for j in $(seq 50); do ip addr add 198.51.100.1/32 dev lo; ip addr del 198.51.100.1/32 dev lo; done; sleep 0.85; done`,
      );
      await sleep(5_000); // the first looks follow each other quickly
      const busy = await share();
      await events;
      console.log(`      ${(idle * 100).toFixed(2)} % idle, ${(busy * 100).toFixed(2)} % with about 100 events a second, 20 rules`);
      assert.ok(idle < 0.005, `${idle}`);
      assert.ok(busy < 0.02, `${busy}`);
    });
  });
