import { strict as assert } from "node:assert";
import { before, beforeEach, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { handlers } from "../../provider/src/runtime/index";
import { management } from "../lab/addresses";
import type { Host } from "../lab/lab";
import { startRelay } from "../lab/relay";
import { cleanHost } from "./cleanHost";
import { gaps, routesOf, rulesOf, watch } from "./monitor";
import { checked, create, type Fields, type Made, read, refusal, remove, stack, update, warnings } from "./resource";

describe("the life of a resource on a host", () => {
  let host: Host;
  let second: Host;
  const at = cleanHost("test-host-life", 2);
  before(() => {
    host = at.host;
    const [, other] = at.lab.hosts;
    assert.ok(other !== undefined);
    second = other;
  });

  const rule = (fields: Fields = {}): Fields => ({
    connection: host.connection,
    priority: 1000,
    from: "198.18.128.2",
    table: 100,
    ...fields,
  });
  const route = (fields: Fields = {}): Fields => ({
    connection: host.connection,
    destination: "default",
    via: "198.18.128.1",
    dev: "eth1",
    table: 100,
    ...fields,
  });
  const transactions = async (of = host): Promise<number> => {
    const names = await of.exec("ls /run/policy-routing 2>/dev/null || true");
    return Math.max(0, ...[...names.matchAll(/^lock\.(\d+)$/gm)].map(([, number]) => Number(number)));
  };
  const ruleText = (priority: number, from: string, table: number, proto = 214): string =>
    `${priority}: from ${from} lookup ${table} proto ${proto}`;

  const lives: [string, string, Fields, Fields, () => Promise<string>, RegExp, RegExp][] = [
    [
      "a rule",
      "PolicyRule",
      { priority: 1000, from: "198.18.128.2", table: 100 },
      { from: "198.18.128.0/24", fwmark: "0x1/0xff" },
      async () => (await rulesOf(host)).join("\n"),
      /^1000: from 198\.18\.128\.2 lookup 100 proto 214$/,
      /^1000: from 198\.18\.128\.0\/24 fwmark 0x1\/0xff lookup 100 proto 214$/,
    ],
    [
      "an IPv6 rule",
      "PolicyRule",
      { priority: 1000, to: "2001:db8:77::/48", table: 100 },
      { table: 101 },
      async () => (await rulesOf(host, "-6")).join("\n"),
      /^1000: from all to 2001:db8:77::\/48 lookup 100 proto 214$/,
      /^1000: from all to 2001:db8:77::\/48 lookup 101 proto 214$/,
    ],
    [
      "a route",
      "PolicyRoute",
      { destination: "default", via: "198.18.128.1", dev: "eth1", table: 100 },
      { src: "198.18.128.2" },
      async () => (await routesOf(host, 100)).join("\n"),
      /^default via 198\.18\.128\.1 dev eth1 proto 214$/,
      /^default via 198\.18\.128\.1 dev eth1 proto 214 src 198\.18\.128\.2$/,
    ],
    [
      "a route whose key changes",
      "PolicyRoute",
      { destination: "203.0.113.0/24", via: "198.18.128.1", dev: "eth1", table: 100 },
      { metric: 50, table: 101 },
      async () => [...(await routesOf(host, 100)), ...(await routesOf(host, 101))].join("\n"),
      /^203\.0\.113\.0\/24 via 198\.18\.128\.1 dev eth1 proto 214$/,
      /^203\.0\.113\.0\/24 via 198\.18\.128\.1 dev eth1 proto 214 metric 50$/,
    ],
    [
      "an IPv6 route",
      "PolicyRoute",
      { destination: "default", via: "2001:db8:2::1", dev: "eth1", table: 100 },
      { metric: 7 },
      async () => (await routesOf(host, 100, "-6")).join("\n"),
      /^default via 2001:db8:2::1 dev eth1 proto 214 metric 1024 pref medium$/,
      /^default via 2001:db8:2::1 dev eth1 proto 214 metric 7 pref medium$/,
    ],
    [
      "a table's name",
      "RoutingTable",
      { tableId: 100, name: "rt2" },
      { name: "uplink2" },
      () => host.exec("grep -h ^100 /etc/iproute2/rt_tables.d/policy-routing-*.conf 2>/dev/null || true"),
      /^100 rt2\n$/,
      /^100 uplink2\n$/,
    ],
  ];
  for (const [what, kind, fields, change, show, then, later] of lives)
    it(`${what}: made, read, updated in place, removed; the state says what was seen`, async () => {
      const made = await create(kind, { connection: host.connection, ...fields });
      assert.match(await show(), then);
      assert.equal(made.state["machineId"], (await host.exec("cat /etc/machine-id")).trim());
      assert.deepEqual(await read(made), await checked(kind, made.fields));
      const changed = await update(made, change);
      assert.match(await show(), later);
      assert.deepEqual(await read(changed), await checked(kind, changed.fields));
      await remove(changed);
      assert.equal(await show(), "");
      assert.equal(await read(changed), undefined);
      await remove(changed);
    });

  it("what was there already: made again, it is taken without touching the kernel; gone already: removed without a word", async () => {
    const one = await create("PolicyRule", rule());
    await host.exec("rm /run/policy-routing/register"); // as if the register was lost
    const seen = await watch(host);
    let two: Made | undefined;
    assert.match(
      await warnings(async () => {
        two = await create("PolicyRule", rule());
      }),
      /was there with our tag and in nobody's name: taken over/,
    );
    assert.ok(two !== undefined);
    assert.deepEqual(await seen.end(), []);
    assert.notEqual(one.id, two.id);
    await remove(one);
    assert.equal((await rulesOf(host)).length, 1);
    await host.batch(["rule del pref 1000"]);
    await remove(two);
  });

  it("drift: what was changed by hand is read entry by entry, and what was deleted is gone", async () => {
    const made = await create("PolicyRoute", route());
    await host.batch(["route replace default via 198.18.64.1 dev eth0 table 100 proto 214"]);
    const drifted = await read(made);
    assert.deepEqual({ via: drifted?.["via"], dev: drifted?.["dev"] }, { via: "198.18.64.1", dev: "eth0" });
    // A refresh puts what was read into the state; the next update then sees a difference.
    const repaired = await update({ ...made, state: { ...made.state, ...drifted } }, {});
    assert.deepEqual(await routesOf(host, 100), ["default via 198.18.128.1 dev eth1 proto 214"]);
    await host.batch(["route del default table 100"]);
    assert.equal(await read(repaired), undefined);
    const again = await create("PolicyRoute", route());
    assert.deepEqual(await routesOf(host, 100), ["default via 198.18.128.1 dev eth1 proto 214"]);
    await remove(again);
  });

  it("an update at one priority: at every moment there is a rule of ours for what the selector had, or has", async () => {
    const made = await create("PolicyRule", rule());
    const seen = await watch(host);
    const changed = await update(made, { table: 101 });
    const events = await seen.end();
    assert.ok(events.length > 0);
    assert.deepEqual(gaps([ruleText(1000, "198.18.128.2", 100)], events, ["from 198.18.128.2 "]), []);
    assert.deepEqual(await rulesOf(host), [ruleText(1000, "198.18.128.2", 101)]);
    await remove(changed);
  });

  it("an update of a route whose key stays: at no moment is the table empty", async () => {
    const made = await create("PolicyRoute", route());
    const seen = await watch(host);
    const changed = await update(made, { src: "198.18.128.2" });
    assert.deepEqual(
      (await seen.end()).filter((event) => event.startsWith("Deleted")),
      [],
    );
    await remove(changed);
  });

  it("a foreign rule at our priority survives everything", async () => {
    await host.batch(["rule add pref 1000 from 192.0.2.9 table 9", "rule add pref 1000 from all fwmark 9 table 9 proto 77"]);
    const foreign = await rulesOf(host);
    const seen = await watch(host);
    let made = await create("PolicyRule", rule());
    made = await update(made, { from: "198.18.128.0/24" });
    made = await update(made, { not: true });
    made = await update(made, { priority: 1001 });
    made = await update(made, { priority: 1000, not: false, from: "198.18.128.2" });
    await read(made);
    await remove(made);
    const events = await seen.end();
    assert.deepEqual(await rulesOf(host), foreign);
    assert.ok(events.length > 0);
    assert.deepEqual(
      events.filter((event) => foreign.some((line) => event.includes(line))),
      [],
    );
    await host.batch(["rule del pref 1000", "rule del pref 1000"]);
  });

  describe("a foreign object with the same key", () => {
    const cases: [string, string, Fields, string, string, RegExp][] = [
      [
        "rule",
        "PolicyRule",
        { priority: 1000, from: "198.18.128.2", table: 100 },
        "rule add pref 1000 from 198.18.128.2 table 100 proto 77",
        "rule del pref 1000",
        /a foreign rule says the same: ip -4 rule pref 1000 from 198\.18\.128\.2(\/32)? table 100,? proto 77\n {2}next: set adopt: "same" /,
      ],
      [
        "route",
        "PolicyRoute",
        { destination: "default", via: "198.18.128.1", dev: "eth1", table: 100 },
        "route add default via 198.18.64.1 table 100 proto 77",
        "route del default table 100",
        /a foreign route stands at this key: ip -4 route default via 198\.18\.64\.1 dev eth0 table 100.* proto 77[\s\S]*\n {2}next: set adopt: true /,
      ],
    ];
    for (const [what, kind, fields, add, del, message] of cases) {
      it(`${what}: refused, with the object, its proto and what to do`, async () => {
        await host.batch([add]);
        const seen = await watch(host);
        const error = await refusal(create(kind, { connection: host.connection, ...fields }));
        assert.match(error.message, message);
        assert.ok(error.message.startsWith(`${host.address}: `), error.message);
        assert.deepEqual(await seen.end(), []);
        await host.batch([del]);
      });

      it(`${what}: adopt takes it over and says so; removing it then removes it`, async () => {
        await host.batch([add]);
        let made: Made | undefined;
        const said = await warnings(async () => {
          made = await create(kind, { connection: host.connection, ...fields, adopt: true });
        });
        assert.match(said, /took over ip -4 .* \(proto 77\)/);
        assert.ok(made !== undefined);
        assert.deepEqual(await read(made), await checked(kind, made.fields));
        await remove(made);
      });
    }
  });

  describe("two rules swap their priorities", () => {
    const [a, b] = [
      { from: "198.18.128.2", table: 100 },
      { from: "198.18.64.2", table: 101 },
    ];
    const selectors = [a, b].map(({ from }) => `from ${from} `);
    let one: Made;
    let two: Made;
    beforeEach(async () => {
      [one, two] = await Promise.all([
        create("PolicyRule", rule({ priority: 1000, ...a })),
        create("PolicyRule", rule({ priority: 1001, ...b })),
      ]);
    });
    const swaps: [string, () => Promise<Made[]>][] = [
      ["one after the other", async () => [await update(one, { priority: 1001 }), await update(two, { priority: 1000 })]],
      ["at once", () => Promise.all([update(one, { priority: 1001 }), update(two, { priority: 1000 })])],
    ];
    for (const [how, swap] of swaps)
      it(`${how}: at every moment each selector has a rule`, async () => {
        const before = await rulesOf(host);
        const seen = await watch(host);
        const swapped = await swap();
        const events = await seen.end();
        assert.deepEqual(await rulesOf(host), [ruleText(1000, b.from, 101), ruleText(1001, a.from, 100)]);
        assert.deepEqual(gaps(before, events, selectors), []);
        for (const made of swapped) assert.deepEqual(await read(made), await checked("PolicyRule", made.fields));
        await Promise.all(swapped.map(remove));
      });
  });

  it("a resource is renamed (another id takes the same, then the old one is removed): the kernel is not touched", async () => {
    const old = [await create("PolicyRule", rule()), await create("PolicyRoute", route())];
    const seen = await watch(host);
    const renamed = [await create("PolicyRule", rule()), await create("PolicyRoute", route())];
    for (const made of old) await remove(made);
    assert.deepEqual(await seen.end(), []);
    for (const made of renamed) assert.deepEqual(await read(made), await checked(made.kind, made.fields));
    for (const made of renamed) await remove(made);
  });

  describe("two stacks want one key", () => {
    const cases: [string, string, Fields][] = [
      ["rule", "PolicyRule", { priority: 1000, from: "198.18.128.2", table: 100 }],
      ["route", "PolicyRoute", { destination: "default", via: "198.18.128.1", dev: "eth1", table: 100 }],
      ["table's name", "RoutingTable", { tableId: 100, name: "rt2" }],
    ];
    for (const [what, kind, fields] of cases)
      it(`${what}: the second is refused and told whose it is`, async () => {
        const made = await create(kind, { connection: host.connection, ...fields });
        const before = await host.snapshot();
        const error = await refusal(create(kind, { connection: host.connection, ...fields, owner: { stack: "organization/other/stack" } }));
        assert.ok(error.message.includes(`belongs to ${made.id} of stack ${stack}`), error.message);
        assert.ok(error.message.startsWith(`${host.address}: `), error.message);
        assert.equal(await host.snapshot(), before);
        await remove(made);
      });
  });

  describe("a group", () => {
    it("twenty at once go in one or two transactions, and two or three logins", async () => {
      const [logins, before] = [await host.countLogins(), await transactions()];
      const made = await Promise.all(Array.from({ length: 20 }, (_, index) => create("PolicyRule", rule({ priority: 1000 + index }))));
      const [used, took] = [(await host.countLogins()) - logins, (await transactions()) - before];
      assert.ok(took <= 2, `${took} transactions`);
      assert.ok(used <= 3, `${used} logins`);
      assert.equal((await rulesOf(host)).length, 20);
      await Promise.all(made.map(remove));
    });

    it("one that the kernel refuses is undone alone, and the others are applied", async () => {
      const before = await transactions();
      const [good, bad, other] = await Promise.allSettled([
        create("PolicyRoute", route()),
        create("PolicyRoute", route({ table: 101, via: "192.0.2.77" })),
        create("PolicyRule", rule()),
      ]);
      assert.ok((await transactions()) - before <= 2);
      assert.ok(bad.status === "rejected" && bad.reason instanceof Error);
      assert.match(
        bad.reason.message,
        /ip -4 route default via 192\.0\.2\.77 dev eth1 table 101: the kernel refused it; reverted \(verified\)/,
      );
      assert.deepEqual([await routesOf(host, 100), await routesOf(host, 101), await rulesOf(host)].flat(), [
        "default via 198.18.128.1 dev eth1 proto 214",
        ruleText(1000, "198.18.128.2", 100),
      ]);
      assert.ok(good.status === "fulfilled" && other.status === "fulfilled");
      await Promise.all([remove(good.value), remove(other.value)]);
    });

    it("a link route and the gateway route that needs it, in the wrong order: both are applied", async () => {
      const made = await Promise.all([
        create("PolicyRoute", route({ destination: "default", via: "203.0.113.1", table: "main", metric: 77 })),
        create("PolicyRoute", route({ destination: "203.0.113.1/32", via: undefined, table: "main" })),
      ]);
      await Promise.all(made.map(remove));
    });

    it("of no change: nothing is written, armed or locked", async () => {
      const made = await create("PolicyRule", rule());
      const [before, logins] = [await transactions(), await host.countLogins()];
      await update(made, { adopt: true });
      await read(made);
      assert.equal(await transactions(), before);
      assert.equal(await host.countLogins(), logins);
      await remove(made);
    });
  });

  describe("another address", () => {
    it("of the same machine: the kernel is not touched", async () => {
      const { address } = management(at.lab.plan.slot, 200);
      await host.batch([`addr add ${address}/22 dev mgmt`]);
      const gate = await startRelay({ host: host.address });
      const hostKey = await host.hostKey();
      const key = { user: "root", privateKeyPath: host.keyPath, hostKey };
      let made = await create("PolicyRule", rule());
      const seen = await watch(host);
      for (const connection of [
        { host: address, ...key },
        { host: host.address6, ...key },
        { host: gate.host, port: gate.port, ...key },
      ]) {
        made = await update(made, { connection });
        assert.deepEqual(await read(made), await checked("PolicyRule", made.fields));
      }
      made = await update(made, { connection: host.connection });
      assert.deepEqual(await seen.end(), []);
      await remove(made);
      await gate.close();
      await host.batch([`addr del ${address}/22 dev mgmt`]);
    });

    it("of another machine: the new one is made right first, then the old one is cleaned", async () => {
      const made = await create("PolicyRule", rule());
      const [here, there] = [await watch(host), await watch(second)];
      let newWasThere = 0;
      const { address } = host;
      const moving = update(made, { connection: second.connection });
      const moved = await moving;
      newWasThere = (await rulesOf(second)).length;
      assert.equal(newWasThere, 1, address);
      assert.deepEqual(await here.end(), [`Deleted ${ruleText(1000, "198.18.128.2", 100)}`]);
      assert.deepEqual(await there.end(), [ruleText(1000, "198.18.128.2", 100)]);
      assert.equal(moved.state["machineId"], (await second.exec("cat /etc/machine-id")).trim());
      await remove(moved);
      assert.deepEqual(await rulesOf(second), []);
    });

    it("of another machine: what it demanded of packets ends at the old one, and at the new one with it", async () => {
      const fields = ({ connection, uplinks: [, { address, gateway }] }: Host): Fields => ({
        connection,
        routes: { default: { destination: "default", via: gateway, dev: "eth1", table: 100 } },
        rules: { from: { priority: 1000, from: address, table: 100 } },
        guard: { probes: [{ route: "192.0.2.1", from: address, dev: "eth1", expect: true }] },
        expect: [{ from: address, to: "192.0.2.1", dev: "eth1" }],
      });
      const moved = await update(await create("HostRouting", fields(host)), fields(second));
      assert.deepEqual([await rulesOf(host), await routesOf(host, 100)], [[], []]);
      await remove(moved);
      assert.deepEqual([await rulesOf(second), await routesOf(second, 100)], [[], []]);
    });

    it("of another machine that refuses: the old one is left as it was", async () => {
      const made = await create("PolicyRule", rule());
      await second.batch(["rule add pref 1000 from 198.18.128.2 table 100 proto 77"]);
      const error = await refusal(update(made, { connection: second.connection }));
      assert.ok(error.message.startsWith(`${second.address}: `), error.message);
      assert.equal((await rulesOf(host)).length, 1);
      await second.batch(["rule del pref 1000"]);
      await remove(made);
    });

    it("of another machine while the old one does not answer: an error, and nothing changed anywhere", async () => {
      const made = await create("PolicyRule", rule({ connection: { ...host.connection, dialErrorLimit: 0 } }));
      closeHosts();
      const [here, there] = [await host.snapshot(), await second.snapshot()];
      await host.stopSshd("die");
      const error = await refusal(update(made, { connection: second.connection }));
      await host.startSshd();
      assert.ok(error.message.startsWith(`${host.address}: not reachable`), error.message);
      assert.deepEqual([await host.snapshot(), await second.snapshot()], [here, there]);
      await remove(made);
    });

    it("only other login details: no login at all, and the state takes them", async () => {
      const made = await create("PolicyRule", rule());
      closeHosts();
      const logins = await host.countLogins();
      const changed = await update(made, {
        connection: { ...host.connection, privateKeyPath: "/nowhere", user: "ops", sudo: true, dialErrorLimit: 1 },
      });
      assert.equal(await host.countLogins(), logins);
      const { connection } = changed.state;
      assert.ok(typeof connection === "object" && connection !== null && "user" in connection);
      assert.equal(connection.user, "ops");
      await remove(made);
    });
  });

  describe("the file of a table's name", () => {
    const table = (fields: Fields = {}): Fields => ({ connection: host.connection, tableId: 100, name: "rt2", ...fields });
    const folder = "/etc/iproute2/rt_tables.d";

    it("lets ip take the name, as in the how-to", async () => {
      const made = await create("RoutingTable", table());
      const routed = await create("PolicyRoute", route());
      assert.match(await host.exec("ip route list table rt2"), /^default via 198\.18\.128\.1/);
      await remove(routed);
      await remove(made);
    });

    it("a folder that was there, empty, stays", async () => {
      const had = await host.result(`[ -d ${folder} ]`);
      await host.exec(`mkdir -p ${folder}`);
      await remove(await create("RoutingTable", table()));
      assert.equal((await host.result(`[ -d ${folder} ]`)).code, 0);
      if (had.code !== 0) await host.exec(`rmdir ${folder}`);
    });

    for (const missing of [folder, "/etc/iproute2"])
      it(`${missing} is missing: made, and removed again with the last of ours`, async () => {
        await host.exec(`mv ${missing} ${missing}.aside`);
        const made = await Promise.all([
          create("RoutingTable", table()),
          create("RoutingTable", table({ tableId: 101, name: "rt3" })),
          create("RoutingTable", table({ tableId: 102, name: "rt4" })),
        ]);
        assert.match(await host.exec(`cat ${folder}/*.conf`), /^100 rt2$/m);
        assert.deepEqual(await host.exec(`stat -c %a ${folder} ${folder}/*.conf`), "755\n644\n644\n644\n");
        const [first, ...others] = made;
        await remove(first);
        await host.exec(`[ -d ${folder} ]`);
        for (const one of others) await remove(one);
        assert.notEqual((await host.result(`[ -e ${missing} ]`)).code, 0);
        await host.exec(`mv ${missing}.aside ${missing}`);
      });

    it("a folder that we made and somebody else uses meanwhile stays", async () => {
      await host.exec("mv /etc/iproute2 /etc/iproute2.aside");
      const made = await create("RoutingTable", table());
      await host.exec(`echo '7 theirs' >${folder}/theirs.conf`);
      await remove(made);
      assert.equal(await host.exec(`cat ${folder}/theirs.conf`), "7 theirs\n");
      await host.exec("rm -r /etc/iproute2 && mv /etc/iproute2.aside /etc/iproute2");
    });

    for (const [what, line, message] of [
      ["the name stands for another number", "101 rt2", /the name rt2 already stands for table 101 in .*\/theirs\.conf/],
      ["the number has another name", "100 other", /table 100 already has the name other in .*\/theirs\.conf/],
    ] as const)
      it(`${what}: refused, with the file`, async () => {
        await host.exec(`mkdir -p ${folder} && echo '${line}' >${folder}/theirs.conf`);
        const before = await host.snapshot();
        assert.match((await refusal(create("RoutingTable", table()))).message, message);
        assert.equal(await host.snapshot(), before);
        await host.exec(`rm ${folder}/theirs.conf; rmdir ${folder} 2>/dev/null || true`);
      });

    it("named so by somebody else already: left as it is, also by the removal", async () => {
      await host.exec(`mkdir -p ${folder} && echo '100 rt2' >${folder}/theirs.conf`);
      const before = await host.snapshot();
      await remove(await create("RoutingTable", table()));
      assert.equal(await host.snapshot(), before);
      await host.exec(`rm ${folder}/theirs.conf; rmdir ${folder} 2>/dev/null || true`);
    });
  });

  it("the register is rewritten when its journal grows, and then says the same", async () => {
    const made = await create("PolicyRule", rule());
    await host.exec(`for i in $(seq 500); do printf 'rule inet 30000\\tx\\ty\\nrule inet 30000\\n'; done >>/run/policy-routing/register`);
    const other = await create("PolicyRule", rule({ priority: 1001 }));
    assert.ok(Number(await host.exec("wc -l </run/policy-routing/register")) < 10);
    assert.deepEqual(await read(made), await checked("PolicyRule", made.fields));
    await remove(made);
    await remove(other);
  });

  it("check and diff open no connection", async () => {
    const logins = await host.countLogins();
    const { inputs } = await handlers("PolicyRule").check({}, { owner: { stack }, ...rule() });
    assert.deepEqual(await handlers("PolicyRule").diff("id", inputs, inputs), { replaces: [] });
    assert.equal(await host.countLogins(), logins);
  });
});
