import { strict as assert } from "node:assert";
import { afterEach, before, describe, it } from "mocha";
import { handlers } from "../../provider/src/runtime/index";
import { management } from "../lab/addresses";
import type { Host } from "../lab/lab";
import { cleanHost } from "./cleanHost";
import { checked, create, type Fields, read, refusal, remove, update, warnings } from "./resource";

describe("next hop objects on a host", () => {
  let host: Host;
  const at = cleanHost("test-host-nexthop");
  before(() => {
    host = at.host;
  });
  afterEach(async () => {
    assert.equal(await host.exec("ip nexthop show"), "");
  });

  const hop = (fields: Fields): Fields => ({ connection: host.connection, ...fields });
  const byHop = (fields: Fields = {}): Fields => hop({ destination: "203.0.113.0/24", table: 100, nhid: 5, ...fields });
  const shown = async (): Promise<string> => (await host.exec("ip -N nexthop show")).trimEnd().replace(/ +$/gm, "");

  const lives: [string, Fields, Fields, RegExp, RegExp][] = [
    [
      "one by a gateway",
      { nhid: 5, via: "198.18.128.1", dev: "eth1" },
      { via: "198.18.128.3", onlink: true },
      /^id 5 via 198\.18\.128\.1 dev eth1 scope 253 proto 214$/,
      /^id 5 via 198\.18\.128\.3 dev eth1 scope 253 proto 214 onlink$/,
    ],
    [
      "one on a link",
      { nhid: 5, dev: "eth1" },
      { dev: "eth0" },
      /^id 5 dev eth1 scope 254 proto 214$/,
      /^id 5 dev eth0 scope 254 proto 214$/,
    ],
    [
      "one of IPv6, then of IPv4",
      { nhid: 5, dev: "eth1", family: "inet6" },
      { family: "inet" },
      /^id 5 dev eth1 scope 253 proto 214$/,
      /^id 5 dev eth1 scope 254 proto 214$/,
    ],
    ["a blackhole", { nhid: 5, blackhole: true }, { family: "inet6" }, /^id 5 blackhole proto 214$/, /^id 5 blackhole proto 214$/],
  ];
  for (const [what, fields, change, then, later] of lives)
    it(`${what}: made, read, updated in place, removed`, async () => {
      const made = await create("NextHop", hop(fields));
      assert.match(await shown(), then);
      assert.deepEqual(await read(made), await checked("NextHop", made.fields));
      const changed = await update(made, change);
      assert.match(await shown(), later);
      assert.deepEqual(await read(changed), await checked("NextHop", changed.fields));
      await remove(changed);
    });

  it("a group: members with weights, another type, then one next hop instead", async () => {
    const members = [
      await create("NextHop", hop({ nhid: 1, via: "198.18.128.1", dev: "eth1" })),
      await create("NextHop", hop({ nhid: 2, dev: "eth0" })),
    ];
    const group = await create("NextHop", hop({ nhid: 10, group: [{ nhid: 2 }, { nhid: 1, weight: 3 }] }));
    assert.match(await shown(), /^id 10 group 1,3\/2 proto 214$/m);
    assert.deepEqual(await read(group), await checked("NextHop", group.fields));
    const resilient = await update(group, { type: "resilient", buckets: 8, idleTimer: 60 });
    assert.match(await shown(), /^id 10 group 1,3\/2 type resilient buckets 8 idle_timer 60 /m);
    assert.deepEqual(await read(resilient), await checked("NextHop", resilient.fields));
    const single = await update(resilient, { group: undefined, type: undefined, buckets: undefined, idleTimer: undefined, dev: "eth1" });
    assert.match(await shown(), /^id 10 dev eth1 scope 254 proto 214$/m);
    for (const made of [single, ...members]) await remove(made);
  });

  it("is not deleted or made another kind of thing while a route of ours or a group goes by it, and goes after them in one transaction", async () => {
    const object = await create("NextHop", hop({ nhid: 5, via: "198.18.128.1", dev: "eth1" }));
    const group = await create("NextHop", hop({ nhid: 6, group: [{ nhid: 5 }] }));
    const route = await create("PolicyRoute", byHop({ nhid: 6 }));
    assert.match((await refusal(remove(group))).message, /nexthop 6: is still used by ip -4 route 203\.0\.113\.0\/24 nhid 6/);
    assert.match((await refusal(remove(object))).message, /nexthop 5: is still used by ip nexthop id 6 group 5 proto 214/);
    assert.match((await refusal(update(group, { group: undefined, dev: "eth1" }))).message, /is still used by/);
    assert.deepEqual(await read(route), await checked("PolicyRoute", route.fields));
    await Promise.all([remove(object), remove(route), remove(group)]);
  });

  it("is neither replaced nor deleted while a foreign route or group goes by it", async () => {
    const object = await create("NextHop", hop({ nhid: 5, via: "198.18.128.1", dev: "eth1" }));
    for (const [add, del] of [
      ["ip route add 203.0.113.0/24 nhid 5 table 7", "ip route del 203.0.113.0/24 table 7"],
      ["ip nexthop add id 7 group 5", "ip nexthop del id 7"],
    ] as const) {
      await host.exec(add);
      assert.match((await refusal(update(object, { via: "198.18.128.3" }))).message, /replacing it would move foreign entries/);
      assert.match((await refusal(remove(object))).message, /deleting it would take foreign entries along/);
      await host.exec(del);
    }
    await remove(object);
  });

  it("is not changed while our own connection goes by it", async () => {
    const { address: controller } = management(at.lab.plan.slot, 0);
    const made = await create("NextHop", hop({ nhid: 5, dev: "mgmt" }));
    const route = await create(
      "PolicyRoute",
      byHop({ destination: `${controller}/32`, table: "main", guard: { allowManagementPathChange: true } }),
    );
    const error = await refusal(update(made, { dev: "eth1" }));
    assert.match(
      error.message,
      /refused, nothing was changed: how replies to this connection leave cannot be told: it may be by a next hop object/,
    );
    await remove(route);
    await remove(made);
  });

  it("leaves a foreign one with its number alone, unless it is adopted", async () => {
    await host.exec("ip nexthop add id 5 dev eth0");
    const fields = hop({ nhid: 5, dev: "eth1" });
    assert.match(
      (await refusal(create("NextHop", fields))).message,
      /a foreign next hop has this number: ip nexthop id 5 dev eth0 proto 0 \((as declared|declared: ip nexthop )/,
    );
    assert.match(await shown(), /^id 5 dev eth0/);
    let made: Awaited<ReturnType<typeof create>> | undefined;
    const told = await warnings(async () => {
      made = await create("NextHop", { ...fields, adopt: true });
    });
    assert.match(told, /took over ip nexthop id 5 dev eth0 \(proto 0\)/);
    assert.ok(made !== undefined);
    await remove(made);
  });

  it("is made before a route that goes by it when both come at once; a member that vanished is drift, and repaired", async () => {
    const [route, object] = await Promise.all([
      create("PolicyRoute", byHop()),
      create("NextHop", hop({ nhid: 5, via: "198.18.128.1", dev: "eth1" })),
    ]);
    assert.match(await host.exec("ip route show table 100"), /^203\.0\.113\.0\/24 nhid 5 via 198\.18\.128\.1 dev eth1 proto 214/);
    await host.exec("ip nexthop del id 5");
    assert.equal(await read(object), undefined);
    assert.equal(await read(route), undefined);
    const again = [await create("NextHop", object.fields), await create("PolicyRoute", route.fields)] as const;
    await remove(again[1]);
    await remove(again[0]);
  });

  it("is refused at once where it makes no sense", async () => {
    const failures: [Fields, RegExp][] = [
      [{ nhid: 5 }, /dev: is required, or group, or blackhole/],
      [{ nhid: 5, group: [{ nhid: 5 }] }, /group: holds the group itself/],
      [{ nhid: 5, group: [{ nhid: 1 }, { nhid: 1 }] }, /group: names a member twice/],
      [{ nhid: 5, group: [{ nhid: 1 }], dev: "eth0" }, /dev: cannot be combined with group/],
      [{ nhid: 5, blackhole: true, dev: "eth0" }, /dev: cannot be combined with blackhole/],
      [{ nhid: 5, dev: "eth0", buckets: 8 }, /buckets: has a meaning for type resilient only/],
      [{ nhid: 5, group: [{ nhid: 1 }], type: "resilient" }, /buckets: is required for type resilient/],
      [{ nhid: 5, dev: "eth0", onlink: true }, /onlink: needs via/],
    ];
    for (const [fields, expected] of failures) {
      const { failures: seen } = await handlers("NextHop").check({}, { owner: { stack: "o/p/s" }, ...hop(fields) });
      assert.match(seen.map(({ reason }) => reason).join("; "), expected);
    }
  });
});
