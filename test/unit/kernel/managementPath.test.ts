import assert from "node:assert/strict";
import type { Becomes } from "../../../provider/src/kernel/change";
import { type Management, managementPathChange } from "../../../provider/src/kernel/managementPath";
import { emptyState, type ObservedRoute, type ObservedRule, type State } from "../../../provider/src/kernel/state";
import { nexthopKey, routeKey, ruleKey } from "../../../provider/src/spec/key";
import type { Route } from "../../../provider/src/spec/route/route";
import type { Rule } from "../../../provider/src/spec/rule/rule";

const observedRule = (rule: Rule): ObservedRule => ({ rule, protocol: 214, unread: [] });
const observedRoute = (route: Route): ObservedRoute => ({ route, protocol: 214, unread: [] });
const kernels: Rule[] = [
  { family: "inet", priority: 0, table: "local" },
  { family: "inet", priority: 32766, table: "main" },
];
const rule = (priority: number, rest: Partial<Rule>): Rule => ({ family: "inet", priority, ...rest });
const route = (table: Route["table"], via: string, rest: Partial<Route> = {}): Route => ({
  family: "inet",
  table,
  destination: "default",
  via,
  dev: via.startsWith("198.18.1.") ? "e0" : "e1",
  ...rest,
});
const client = "203.0.113.7";
const server = "198.18.1.2";
const local: Route = { family: "inet", table: "local", type: "local", destination: server, dev: "e0" };

const stateOf = (...rules: Rule[]): State => ({ ...emptyState, rules: [...kernels, ...rules].map(observedRule) });
/** A login from afar, whose replies leave by e0. */
const login = (...routes: Route[]): Management => ({
  connection: `${client} 40000 ${server} 22`,
  toClient: routes.map(observedRoute),
  toServer: [observedRoute(local)],
  kernel: { dev: "e0", via: "198.18.1.1" },
});
const has = (one: Rule): Becomes => ({ key: ruleKey(one), rules: [observedRule(one)], routes: [] });
const hasNo = (one: Rule): Becomes => ({ key: ruleKey(one), rules: [], routes: [] });
const hasRoute = (one: Route): Becomes => ({ key: routeKey(one), rules: [], routes: [observedRoute(one)] });

const byMain = route("main", "198.18.1.1");
const away = route(101, "198.18.2.1");
const diverting = rule(1000, { from: server, table: 101 });

describe("the way of our own connection", () => {
  it("may not move: neither by a rule, nor by a route behind a rule that stands", () => {
    assert.equal(
      managementPathChange(stateOf(), login(byMain, away), [has(diverting)], 0),
      "how replies to this connection leave would change: now by e0 via 198.18.1.1 (table main), then by e1 via 198.18.2.1 (table 101)",
    );
    assert.match(
      String(managementPathChange(stateOf(diverting), login(byMain), [hasRoute(away)], 0)),
      /^how replies to this connection leave would change: now /,
    );
  });

  it("may not move in between either, however it ends", () => {
    const steps = [has(diverting), hasNo(diverting)];
    assert.match(
      String(managementPathChange(stateOf(), login(byMain, away), steps, 0)),
      /would change in between: now by e0 .*, then by e1 /,
    );
    const shield = rule(900, { from: server, table: "main" });
    assert.equal(managementPathChange(stateOf(), login(byMain, away), [has(shield), has(diverting)], 0), undefined);
    assert.match(String(managementPathChange(stateOf(), login(byMain, away), [has(diverting), has(shield)], 0)), /in between/);
  });

  it("stays where another table leads by the same device and gateway", () => {
    const same = route(101, "198.18.1.1");
    assert.equal(managementPathChange(stateOf(), login(byMain, same), [has(diverting)], 0), undefined);
    assert.equal(managementPathChange(stateOf(), login(byMain), [hasRoute(same), has(diverting)], 0), undefined);
  });

  it("moves by a rule that matches nothing of it, where a jump gets its target", () => {
    const jump = rule(100, { goto: 32767 });
    const target = rule(32767, { to: "192.0.2.1", table: 101 });
    assert.match(String(managementPathChange(stateOf(jump), login(byMain), [has(target)], 0)), /then no route/);
  });

  it("does not move by what concerns other packets", () => {
    const others = [
      has(rule(1000, { from: "198.18.2.2", table: 101 })),
      hasRoute(away),
      hasRoute({ ...byMain, destination: "192.0.2.0/24", via: "198.18.2.1" }),
    ];
    assert.equal(managementPathChange(stateOf(), login(byMain), others, 0), undefined);
  });

  it("cannot be told where a rule looks at marks and somebody may set them, and then only", () => {
    const marked = rule(1000, { fwmark: "0x1/0xff", table: 101 });
    assert.equal(managementPathChange(stateOf(), login(byMain, away), [has(marked)], 0), undefined);
    assert.match(
      String(managementPathChange(stateOf(), login(byMain, away), [has(marked)], undefined)),
      /cannot be told: .* may mark these packets$/,
    );
  });

  it("is looked up quickly among a thousand rules, for a change of hundreds", () => {
    const many = Array.from({ length: 1000 }, (_, index) =>
      rule(2000 + index, { from: `10.${index >> 8}.${index & 255}.0/24`, table: 101 }),
    );
    const change = Array.from({ length: 460 }, (_, index) =>
      has(rule(5000 + index, { from: `10.9.${index & 255}.${index >> 8}`, table: 101 })),
    );
    const before = process.cpuUsage().user;
    assert.equal(managementPathChange(stateOf(...many), login(byMain, away), change, 0), undefined);
    const milliseconds = (process.cpuUsage().user - before) / 1000;
    assert.ok(milliseconds < 500, `${milliseconds} ms`);
  });

  it("may go by a next hop object that changes only where a rule leads it to such a route", () => {
    const nexthop = { nhid: 70, via: "198.18.2.1", dev: "e1" };
    const object = (...nexthops: (typeof nexthop)[]): Becomes => ({
      key: nexthopKey(70),
      rules: [],
      routes: [],
      nexthops: nexthops.map((one) => ({ nexthop: one, protocol: 214, unread: [] })),
    });
    const byObject: Route = { family: "inet", table: 101, destination: "default", nhid: 70 };
    const elsewhere = rule(1100, { from: "198.18.2.2", table: 101 });
    const gone = [hasNo(elsewhere), { key: routeKey(byObject), rules: [], routes: [] }, object()];
    assert.equal(managementPathChange(stateOf(elsewhere), login(byMain, byObject), [object(nexthop)], 0), undefined);
    assert.equal(managementPathChange(stateOf(elsewhere), login(byMain, byObject), gone, 0), undefined);
    const told = /it may be by a next hop object, and one of these changes/;
    assert.match(String(managementPathChange(stateOf(diverting), login(byMain, byObject), [object()], 0)), told);
    assert.match(String(managementPathChange(stateOf(elsewhere), login({ ...byObject, table: "main" }), [object()], 0)), told);
    const vrf = rule(1000, { l3mdev: true });
    assert.match(String(managementPathChange(stateOf(vrf), login(byMain, byObject), [object()], 0)), told);
  });
});
