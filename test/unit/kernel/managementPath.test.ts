import assert from "node:assert/strict";
import { nexthopKey, routeKey, ruleKey } from "../../../provider/src/declaration/key";
import type { Route } from "../../../provider/src/declaration/route/route";
import type { Rule } from "../../../provider/src/declaration/rule/rule";
import type { Link } from "../../../provider/src/kernel/lookup/network";
import {
  type Circumstances,
  concernsConnection,
  type Management,
  managementPathChange,
} from "../../../provider/src/kernel/management/path";
import { emptyState, type ObservedRoute, type ObservedRule, type State } from "../../../provider/src/kernel/observed/state";
import type { Becomes } from "../../../provider/src/kernel/plan/change";
import { link } from "./lookup/host";

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
  isWhole: true,
  connection: `${client} 40000 ${server} 22`,
  toClient: routes.map(observedRoute),
  toServer: [observedRoute(local)],
  kernel: { dev: "e0", via: "198.18.1.1", isLocal: false },
});
/** The same by a device of a VRF, of which 101 is the table. */
const inRed = (...routes: Route[]): Management => ({
  ...login(...routes),
  vrf: "red",
  toServer: [observedRoute({ ...local, table: 101 })],
});
const redLinks: Link[] = [link("e0", { master: "red" }), link("e1"), link("red", { kind: "vrf", vrfTable: 101 })];
const unmarked: Circumstances = { marks: { reply: { mark: 0 }, incoming: { mark: 0 } }, links: undefined };
const marked: Circumstances = { marks: { reply: { mark: undefined }, incoming: { mark: undefined } }, links: undefined };
const has = (one: Rule): Becomes => ({ key: ruleKey(one), rules: [observedRule(one)], routes: [] });
const hasNo = (one: Rule): Becomes => ({ key: ruleKey(one), rules: [], routes: [] });
const hasRoute = (one: Route): Becomes => ({ key: routeKey(one), rules: [], routes: [observedRoute(one)] });

const byMain = route("main", "198.18.1.1");
const away = route(101, "198.18.2.1");
const diverting = rule(1000, { from: server, table: 101 });

describe("the way of our own connection", () => {
  it("may not move: neither by a rule, nor by a route behind a rule that stands", () => {
    assert.equal(
      managementPathChange(stateOf(), login(byMain, away), [has(diverting)], unmarked),
      "how replies to this connection leave would change: now by e0 via 198.18.1.1 (table main), then by e1 via 198.18.2.1 (table 101)",
    );
    assert.match(
      String(managementPathChange(stateOf(diverting), login(byMain), [hasRoute(away)], unmarked)),
      /^how replies to this connection leave would change: now /,
    );
  });

  it("may not move in between either, however it ends", () => {
    const steps = [has(diverting), hasNo(diverting)];
    assert.match(
      String(managementPathChange(stateOf(), login(byMain, away), steps, unmarked)),
      /would change in between: now by e0 .*, then by e1 /,
    );
    const shield = rule(900, { from: server, table: "main" });
    assert.equal(managementPathChange(stateOf(), login(byMain, away), [has(shield), has(diverting)], unmarked), undefined);
    assert.match(String(managementPathChange(stateOf(), login(byMain, away), [has(diverting), has(shield)], unmarked)), /in between/);
  });

  it("stays where another table leads by the same device and gateway", () => {
    const same = route(101, "198.18.1.1");
    assert.equal(managementPathChange(stateOf(), login(byMain, same), [has(diverting)], unmarked), undefined);
    assert.equal(managementPathChange(stateOf(), login(byMain), [hasRoute(same), has(diverting)], unmarked), undefined);
  });

  it("moves by a rule that matches nothing of it, where a jump gets its target", () => {
    const jump = rule(100, { goto: 32767 });
    const target = rule(32767, { to: "192.0.2.1", table: 101 });
    assert.match(String(managementPathChange(stateOf(jump), login(byMain), [has(target)], unmarked)), /then no route/);
  });

  it("does not move by what concerns other packets", () => {
    const others = [
      has(rule(1000, { from: "198.18.2.2", table: 101 })),
      hasRoute(away),
      hasRoute({ ...byMain, destination: "192.0.2.0/24", via: "198.18.2.1" }),
    ];
    assert.equal(managementPathChange(stateOf(), login(byMain), others, unmarked), undefined);
  });

  it("is concerned, before its routes are known, by what may move it, and by nothing else", () => {
    const [from, unread] = [stateOf(), { ...login(), isWhole: false, toServer: [] }];
    const standing: State = { ...from, routes: [observedRoute(byMain), observedRoute(away)] };
    const goes = (one: Route): Becomes => ({ key: routeKey(one), rules: [], routes: [] });
    const jump = stateOf(rule(100, { goto: 32767 }));
    for (const [state, step] of [
      [from, has(diverting)],
      [from, has(rule(1000, { fwmark: "0x1/0xff", table: 101 }))],
      [from, has(rule(1000, { from: client, iif: "e0", table: 101 }))],
      [jump, has(rule(32767, { to: "192.0.2.1", table: 101 }))],
      [from, hasRoute(byMain)],
      [standing, goes(byMain)],
      [stateOf(diverting), hasRoute(away)],
      [from, hasRoute({ ...byMain, destination: "203.0.113.0/24" })],
    ] as const)
      assert.ok(concernsConnection(state, unread, [step]), step.key);
    const others = [
      has(rule(1000, { from: "198.18.2.2", table: 101 })),
      has(rule(1001, { from: client, iif: "e1", table: 101 })),
      hasRoute(away),
      goes(away),
      hasRoute({ ...byMain, destination: "192.0.2.0/24" }),
    ];
    assert.ok(!concernsConnection(standing, unread, others));
    assert.ok(
      concernsConnection(from, { ...unread, kernel: { dev: "eth0", via: undefined, isLocal: true } }, others),
      "its routes say that it is the host's own",
    );
  });

  it("cannot be told where a rule looks at marks and somebody may set them, and then only", () => {
    const byMark = rule(1000, { fwmark: "0x1/0xff", table: 101 });
    assert.equal(managementPathChange(stateOf(), login(byMain, away), [has(byMark)], unmarked), undefined);
    assert.match(
      String(managementPathChange(stateOf(), login(byMain, away), [has(byMark)], marked)),
      /cannot be told: now by e0 .*, then by e1 .*, where fwmark 0x1\/0xff$/,
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
    assert.equal(managementPathChange(stateOf(...many), login(byMain, away), change, unmarked), undefined);
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
    assert.equal(managementPathChange(stateOf(elsewhere), login(byMain, byObject), [object(nexthop)], unmarked), undefined);
    assert.equal(managementPathChange(stateOf(elsewhere), login(byMain, byObject), gone, unmarked), undefined);
    const told = /it may be by a next hop object, and one of these changes/;
    assert.match(String(managementPathChange(stateOf(diverting), login(byMain, byObject), [object()], unmarked)), told);
    assert.match(String(managementPathChange(stateOf(elsewhere), login({ ...byObject, table: "main" }), [object()], unmarked)), told);
    const vrf = rule(1000, { l3mdev: true });
    assert.match(String(managementPathChange(stateOf(vrf), inRed(byMain, byObject), [object()], { ...unmarked, links: redLinks })), told);
  });

  it("is told by the kernel's answer to be the host's own, not by local routes of tables that no reply looks into", () => {
    const divert: Route = { family: "inet", table: 100, type: "local", destination: "default", dev: "lo" };
    const byMark = rule(1000, { fwmark: "0x1/0xffffffff", table: 100 });
    assert.equal(managementPathChange(stateOf(), login(byMain, divert), [has(byMark)], unmarked), undefined);
    assert.equal(managementPathChange(stateOf(byMark), login(byMain, divert), [hasNo(byMark)], unmarked), undefined);
    const own = { ...login(byMain), kernel: { dev: "lo", via: undefined, isLocal: true } };
    assert.match(String(managementPathChange(stateOf(), own, [has(diverting)], unmarked)), /an address of the host itself/);
  });

  it("cannot be told where the rules refuse and the kernel routes, or the other way round", () => {
    const refusing = rule(500, { action: "unreachable" });
    assert.match(
      String(managementPathChange(stateOf(refusing), login(byMain, away), [has(diverting)], unmarked)),
      /cannot be told: unreachable \(by a rule\) by the rules, but the kernel says by e0 via 198\.18\.1\.1$/,
    );
    const refused = { ...login(byMain, away), kernel: undefined };
    assert.match(
      String(managementPathChange(stateOf(), refused, [has(diverting)], unmarked)),
      /by e0 .* by the rules, but the kernel refuses$/,
    );
    assert.match(
      String(managementPathChange(stateOf(), { ...login(away), kernel: undefined }, [has(diverting)], unmarked)),
      /but the kernel refuses$/,
    );
  });

  it("passes by the rules of VRFs, whatever these do, where it belongs to none", () => {
    const vrfs = [rule(500, { l3mdev: true, action: "unreachable" }), rule(501, { l3mdev: true })];
    const same = route(101, "198.18.1.1");
    assert.equal(managementPathChange(stateOf(...vrfs), login(byMain, same), [has(diverting)], unmarked), undefined);
    assert.match(String(managementPathChange(stateOf(...vrfs), login(byMain, away), [has(diverting)], unmarked)), /would change/);
  });

  it("is that of its VRF, past all that is for others", () => {
    const state = stateOf(rule(1000, { l3mdev: true }));
    const inside = inRed(route(101, "198.18.1.1"), route("main", "198.18.2.1"));
    const changeIn = (one: Rule, linux: string) => managementPathChange(state, inside, [has(one)], { ...unmarked, links: redLinks, linux });
    const blackhole = (selector: Partial<Rule>, priority = 500) => rule(priority, { ...selector, action: "blackhole" });
    for (const linux of ["5.10.0", "6.12.1", "6.14.1", "7.3.1"]) {
      // What is decided before, or elsewhere.
      assert.equal(changeIn(blackhole({ from: "0.0.0.0/0" }, 1500), linux), undefined);
      assert.equal(changeIn(blackhole({ from: "198.18.2.2" }), linux), undefined);
      assert.equal(changeIn(blackhole({ oif: "e0" }), linux), undefined);
      assert.match(String(changeIn(blackhole({ iif: "e0" }), linux)), /packets of this connection arrive would change/);
      assert.match(String(changeIn(blackhole({ l3mdev: true }), linux)), /replies to this connection leave would change/);
    }
    for (const [device, what] of [
      [{ oif: "red" }, /replies to this connection leave/],
      [{ iif: "red" }, /packets of this connection arrive/],
    ] as const) {
      for (const linux of ["5.10.0", "6.1.1", "6.12.1"]) assert.equal(changeIn(blackhole(device), linux), undefined);
      assert.match(String(changeIn(blackhole(device), "7.3.1")), what);
      assert.match(String(changeIn(blackhole(device), "6.14.1")), /cannot be told/);
    }
  });

  it("cannot be told where devices of several VRFs have its address", () => {
    const twice = { ...login(byMain), vrf: "?" };
    assert.match(String(managementPathChange(stateOf(), twice, [has(diverting)], unmarked)), /of different VRFs/);
  });

  it("is looked up by the groups of the devices, where they are known", () => {
    const other = rule(900, { table: "main", suppressIfgroup: 5 });
    const same = route(101, "198.18.1.1");
    const links = [link("e0", { group: 0 }), link("e1", { group: 5 })];
    assert.equal(managementPathChange(stateOf(other), login(byMain, same), [has(diverting)], { ...unmarked, links }), undefined);
    assert.match(
      String(managementPathChange(stateOf(other), login(byMain, same), [has(rule(800, { table: 101 }))], unmarked)),
      /the group of the route's device/,
    );
  });

  it("hangs on marks and types of service only where these lead elsewhere", () => {
    const same = route(101, "198.18.1.1");
    const byMark = rule(900, { fwmark: "0x80/0x80", table: 101 });
    assert.equal(managementPathChange(stateOf(byMark), login(byMain, same), [has(diverting)], marked), undefined);
    // A packet of any mark goes as before: those of this one elsewhere, and the others where they went.
    const elsewhere = login(byMain, away, { ...same, table: 102 });
    const harmless = rule(1000, { from: server, table: 102 });
    assert.equal(managementPathChange(stateOf(byMark), elsewhere, [has(harmless)], marked), undefined);
    assert.match(
      String(managementPathChange(stateOf(byMark), elsewhere, [has(rule(800, { from: server, table: 102 }))], marked)),
      /, where fwmark 0x80\/0x80$/,
    );
    assert.equal(
      managementPathChange(stateOf(), login(byMain, away), [has(rule(1000, { fwmark: "0x1/0x1", iif: "e0", table: 101 }))], {
        ...marked,
        marks: { reply: { mark: undefined }, incoming: { mark: 0 } },
      }),
      undefined,
    );
    const may = (...marks: number[]): Circumstances => ({
      ...unmarked,
      marks: { reply: { mark: undefined, marks }, incoming: { mark: 0 } },
    });
    const byOne = [has(rule(1000, { fwmark: "0x1/0x1", table: 101 }))];
    assert.equal(managementPathChange(stateOf(), login(byMain, away), byOne, may(0, 0x80)), undefined, "nothing gives that mark");
    assert.match(String(managementPathChange(stateOf(), login(byMain, away), byOne, may(0, 0x81))), /, where fwmark 0x1\/0x1$/);
    const byTos = rule(1002, { tos: "0x10", table: 101 });
    assert.equal(managementPathChange(stateOf(), login(byMain, same), [has(byTos)], unmarked), undefined);
    assert.equal(managementPathChange(stateOf(), login(byMain), [has(byTos)], unmarked), undefined);
    assert.match(
      String(managementPathChange(stateOf(), login(byMain, away), [has(byTos)], unmarked)),
      /would change: now by e0 .*, then by e1 .*, where type of service 0x10$/,
    );
  });
});
