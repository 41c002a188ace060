import assert from "node:assert/strict";
import { routeKey, ruleKey, tableKey } from "../../../provider/src/spec/key";

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
