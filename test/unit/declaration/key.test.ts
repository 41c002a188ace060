import assert from "node:assert/strict";
import { routeKey, ruleKey, tableKey } from "../../../provider/src/declaration/key";
import { parseRegisterKey, registerKey } from "../../../provider/src/declaration/registerKey";

describe("a key is read by people on the host", () => {
  it("rule: family and priority", () => assert.equal(ruleKey({ family: "inet6", priority: 1000 }), "rule inet6 1000"));
  it("route: everything by which the kernel tells routes apart", () => {
    assert.equal(routeKey({ family: "inet", table: 100, destination: "default" }), "route inet table 100 default");
    assert.equal(
      routeKey({ family: "inet6", table: "main", destination: "2001:db8::/32", from: "2001:db8:1::/64", metric: 7 }),
      "route inet6 table main 2001:db8::/32 from 2001:db8:1::/64 metric 7",
    );
    assert.equal(
      routeKey({ family: "inet", table: 100, destination: "198.18.0.0/15", tos: "0x10", metric: 50 }),
      "route inet table 100 198.18.0.0/15 tos 0x10 metric 50",
    );
  });
  it("table: its number", () => assert.equal(tableKey(100), "table 100"));
});

describe("the register's key", () => {
  const route = "route inet table 100 198.18.0.0/15 tos 0x10 metric 50";

  it("says every tag but the default, and that a rule waits", () => {
    assert.equal(registerKey("rule inet 1000", 214), "rule inet 1000");
    assert.equal(registerKey("rule inet 1000", 214, true), "rule inet 1000 staging");
    assert.equal(registerKey("rule inet 1000", 220), "rule inet 1000 proto 220");
    assert.equal(registerKey("rule inet 1000", 220, true), "rule inet 1000 staging proto 220");
    assert.equal(registerKey(route, 220), `${route} proto 220`);
    assert.equal(registerKey("nexthop 5", 220), "nexthop 5 proto 220");
  });

  it("says no tag of what has none in the kernel", () => {
    assert.equal(registerKey("sysctl rp_filter eth1", 220), "sysctl rp_filter eth1");
    assert.equal(registerKey("table 100", 220), "table 100");
  });

  it("is read as it was made", () => {
    for (const key of ["rule inet 1000", route, "nexthop 5"])
      for (const owner of [220, "?"] as const)
        for (const staging of [false, true]) assert.deepEqual(parseRegisterKey(registerKey(key, owner, staging)), { key, owner, staging });
    assert.deepEqual(parseRegisterKey("rule inet6 7 staging"), { key: "rule inet6 7", owner: undefined, staging: true });
    assert.deepEqual(parseRegisterKey("sysctl rp_filter eth1"), { key: "sysctl rp_filter eth1", owner: undefined, staging: false });
  });
});
