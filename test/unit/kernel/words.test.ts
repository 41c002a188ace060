import assert from "node:assert/strict";
import { nexthopAttributes } from "../../../provider/src/declaration/nexthop/attributes";
import { routeAttributes } from "../../../provider/src/declaration/route/attributes";
import { ruleAttributes } from "../../../provider/src/declaration/rule/rule";
import { asAsked, fits, observe, same, wordsOf } from "../../../provider/src/kernel/words";

describe("the words for ip", () => {
  it("stand in the order that ip wants, numbers only", () => {
    const rule = { table: "main", not: true, from: "198.18.1.2", priority: 1000, family: "inet" } as const;
    assert.deepEqual(wordsOf(ruleAttributes, rule), ["pref", "1000", "not", "from", "198.18.1.2", "table", "254"]);
    const route = {
      family: "inet",
      via: "fe80::1",
      dev: "e0",
      type: "unicast",
      destination: "default",
      table: "local",
      scope: "site",
    } as const;
    assert.deepEqual(wordsOf(routeAttributes, route), "unicast default via inet6 fe80::1 dev e0 table 255 scope 200".split(" "));
  });

  it("always hold a mark's mask: without it, mark 0 would be every mark", () => {
    assert.deepEqual(wordsOf(ruleAttributes, { fwmark: "0x0/0xffffffff" }), ["fwmark", "0x0/0xffffffff"]);
  });
});

describe("what is asked and what is observed", () => {
  const asked = { family: "inet", destination: "default", via: "198.18.1.1", table: 100 } as const;

  it("are the same when the kernel filled in only what it may", () => {
    assert.ok(same(routeAttributes, asked, { ...asked, dev: "e0" }));
    assert.ok(!same(routeAttributes, { ...asked, dev: "e1" }, { ...asked, dev: "e0" }));
    assert.ok(!same(routeAttributes, { ...asked, dev: "e1" }, asked));
    assert.ok(!same(routeAttributes, asked, { ...asked, src: "198.18.1.2" }));
    assert.ok(!same(routeAttributes, { ...asked, src: "198.18.1.2" }, asked));
  });

  it("are given back as inputs without what nobody asked for", () => {
    assert.deepEqual(asAsked(routeAttributes, asked, { ...asked, dev: "e0", metric: 7 }), { ...asked, metric: 7 });
    assert.deepEqual(asAsked(routeAttributes, { ...asked, dev: "e1" }, { ...asked, dev: "e0" }), { ...asked, dev: "e0" });
  });

  it("are given back with the device where nothing else leads on: without it, they could not be declared", () => {
    const [link, hole] = [{ family: "inet", destination: "default", table: 100, dev: "e0" }, { type: "blackhole" }] as const;
    assert.deepEqual(asAsked(routeAttributes, { ...link, dev: undefined, ...hole }, link), link);
    assert.deepEqual(asAsked(nexthopAttributes, { nhid: 7, blackhole: true }, { nhid: 7, dev: "e0" }), { nhid: 7, dev: "e0" });
  });

  it("are given back with the device where what was asked goes another way: nobody left it to the kernel", () => {
    const [way, hole] = [
      { ...asked, dev: "e0" },
      { ...asked, via: undefined, type: "blackhole" },
    ] as const;
    assert.deepEqual(asAsked(routeAttributes, hole, way), way);
    assert.deepEqual(asAsked(routeAttributes, { ...asked, via: undefined, nhid: 7 }, way), way);
    assert.deepEqual(asAsked(routeAttributes, { ...asked, via: "198.18.1.9" }, way), asked);
  });

  it("fit a pattern when everything that it says is so", () => {
    assert.ok(fits(ruleAttributes, { table: 100 }, { table: 100, from: "198.18.1.2" }));
    assert.ok(!fits(ruleAttributes, { table: 100, from: "198.18.1.2" }, { table: 100 }));
    assert.ok(!fits(ruleAttributes, { table: 101 }, { table: 100 }));
  });
});

it("an object of ip that holds nonsense gives no values, never wrong ones", () => {
  const nonsense = {
    priority: "x",
    src: {},
    srclen: "99",
    dst: 7,
    fwmark: "0xzz",
    table: [],
    action: null,
    iif: 3,
    protocol: {},
    goto: {},
  };
  const { values } = observe(ruleAttributes, nonsense, { family: "inet" });
  assert.deepEqual({ ...values }, { family: "inet" });
});
