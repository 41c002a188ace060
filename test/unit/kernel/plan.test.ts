import assert from "node:assert/strict";
import { routeKey } from "../../../provider/src/declaration/key";
import { tagsOf } from "../../../provider/src/declaration/owner";
import type { Route } from "../../../provider/src/declaration/route/route";
import type { Rule } from "../../../provider/src/declaration/rule/rule";
import { isPolicyRoutingError } from "../../../provider/src/errors";
import { emptyState, type ObservedRoute, type ObservedRule, type State } from "../../../provider/src/kernel/observed/state";
import type { Mandate, Wanted } from "../../../provider/src/kernel/plan/change";
import { deviations, plan } from "../../../provider/src/kernel/plan/plan";
import { ownLine, printLine } from "../../../provider/src/kernel/plan/register";
import { commandOf } from "../../../provider/src/kernel/plan/step";
import { wantedRoute } from "../../../provider/src/kernel/route/route";
import { wantedRule } from "../../../provider/src/kernel/rule/rule";
import { wantedName } from "../../../provider/src/kernel/table/name";
import { parseRegister } from "./atOnce";

const tags = tagsOf(undefined);
const mandate: Mandate = { id: "a", stack: "s", tags, adopt: false };
const change = (wanted: readonly Wanted[], options: Partial<Mandate> = {}) => ({ ...mandate, ...options, wanted });
const rule: Rule = { family: "inet", priority: 1000, from: "198.18.1.2", table: 100 };
const observed = (one: Rule, protocol: number, unread: string[] = []): ObservedRule => ({ rule: one, protocol, unread });
const owned = (...keys: string[]) => parseRegister(keys.map((key) => ownLine(key, { id: "a", stack: "s" })).join("\n"));
const link = { family: "inet", table: 100, destination: "203.0.113.0/24", dev: "e1" } as const;
const gateway = { family: "inet", table: 100, destination: "default", via: "203.0.113.1", dev: "e1" } as const;
const route = (one: ObservedRoute["route"], protocol = tags.owner): ObservedRoute => ({ route: one, protocol, unread: [] });

function conflictOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    assert.ok(isPolicyRoutingError(error) && error.kind === "conflict");
    return error.message;
  }
  assert.fail("no conflict");
}

describe("a plan", () => {
  it("creates names, link routes, gateway routes and rules in this order, however they are given", () => {
    const { steps } = plan(
      change([wantedRule(rule), wantedRoute(gateway), wantedRoute(link), wantedName({ tableId: 100, name: "rt2" })]),
      emptyState,
    );
    assert.deepEqual(steps.map(commandOf), [
      "# write the name of table 100: rt2",
      "ip -4 route add 203.0.113.0/24 dev e1 table 100 proto 214",
      "ip -4 route add default via 203.0.113.1 dev e1 table 100 proto 214",
      "ip -4 rule add pref 1000 from 198.18.1.2 table 100 proto 214",
    ]);
  });

  it("deletes them the other way round, and undoes that in the order of creation", () => {
    const state: State = {
      ...emptyState,
      rules: [observed(rule, tags.owner)],
      routes: [route(link), route(gateway)],
      names: [{ file: "f", tableId: 100, name: "rt2", owner: { id: "a", stack: "s" } }],
      register: owned("route inet table 100 203.0.113.0/24", "rule inet 1000", "route inet table 100 default"),
    };
    const { steps, undo, unwanted } = plan(change([]), state);
    assert.deepEqual(steps.map(commandOf), [
      "ip -4 rule del pref 1000 proto 214",
      "ip -4 route del default via 203.0.113.1 dev e1 table 100 metric 0 proto 214",
      "ip -4 route del 203.0.113.0/24 dev e1 table 100 metric 0 proto 214",
      "# erase the name of table 100",
    ]);
    assert.deepEqual(undo.map(commandOf), [
      "# write the name of table 100: rt2",
      "ip -4 route add 203.0.113.0/24 dev e1 table 100 proto 214",
      "ip -4 route add default via 203.0.113.1 dev e1 table 100 proto 214",
      "ip -4 rule del pref 1000 proto 215",
      "ip -4 rule del pref 1000 proto 214",
      "ip -4 rule add pref 1000 from 198.18.1.2 table 100 proto 214",
    ]);
    assert.equal(unwanted.length, 4);
  });

  it("gives up what the same owner held elsewhere, after the new is there", () => {
    const state = { ...emptyState, rules: [observed({ ...rule, priority: 900 }, tags.owner)], register: owned("rule inet 900") };
    const { steps, register } = plan(change([wantedRule(rule)]), state);
    assert.deepEqual(steps.map(commandOf), [
      "ip -4 rule add pref 1000 from 198.18.1.2 table 100 proto 214",
      "ip -4 rule del pref 900 proto 214",
    ]);
    assert.deepEqual(register.map(printLine), ["rule inet 1000\ta\ts", "rule inet 900"]);
  });

  it("of a route that stands as it should: compared, and not put into words that nobody hears", () => {
    let reads = 0;
    const standing: ObservedRoute["route"] = {
      ...gateway,
      get dev() {
        reads++;
        return gateway.dev;
      },
    };
    const state = { ...emptyState, routes: [route(standing)], register: owned("route inet table 100 default") };
    assert.deepEqual(plan(change([wantedRoute(gateway)]), state).steps, []);
    assert.equal(reads, 1);
  });

  it("does not know a key of a newer version", () => {
    assert.throws(
      () => plan(change([]), { ...emptyState, register: owned("tunnel 7") }),
      /a key that this version does not know: tunnel 7/,
    );
  });

  it("comes back to its own place where its rule still waits under the staging tag, without a gap", () => {
    const state = { ...emptyState, rules: [observed(rule, tags.staging)], register: owned("rule inet 1000 staging") };
    const { steps, register } = plan(change([wantedRule(rule)]), state);
    assert.deepEqual(steps.map(commandOf), [
      "ip -4 rule add pref 1000 from 198.18.1.2 table 100 proto 214",
      "ip -4 rule del pref 1000 proto 215",
    ]);
    assert.deepEqual(
      parseRegister([...["rule inet 1000 staging\ta\ts"], ...register.map(printLine)].join("\n")).entries,
      owned("rule inet 1000").entries,
    );
  });
});

describe("what stands in the way", () => {
  const untagged = observed({ family: "inet", priority: 1000, table: 100 }, 0);
  const narrower = observed({ ...untagged.rule, to: "198.18.0.0/15" }, 4);
  const wanted = wantedRule(untagged.rule);

  it("is told of all entries at once, with what stands there and what is declared", () => {
    const other = { ...gateway, via: "203.0.113.9" };
    const state = { ...emptyState, rules: [untagged], routes: [route(other, 4), route(link, 4)] };
    const message = conflictOf(() => plan(change([wanted, wantedRoute(gateway), wantedRoute(link), wantedRule(rule)]), state));
    assert.deepEqual(message.split("\n"), [
      [
        "3 entries are in the way: route inet table 100 203.0.113.0/24: a foreign route stands at this key: ip -4 route 203.0.113.0/24 dev e1 table 100 proto 4 (as declared)",
        "route inet table 100 default: a foreign route stands at this key: ip -4 route default via 203.0.113.9 dev e1 table 100 proto 4 (declared: ip -4 route default via 203.0.113.1 dev e1 table 100)",
        "rule inet 1000: a foreign rule says the same: ip -4 rule pref 1000 table 100, proto 0",
      ].join("; "),
      [
        '  next: for route inet table 100 203.0.113.0/24: set adopt: "same" to take it over, remove it on the host, or choose another metric',
        "for route inet table 100 default: set adopt: true to replace it, remove it on the host, or choose another metric",
        'for rule inet 1000: set adopt: "same" to take it over, or remove it on the host',
      ].join("; "),
    ]);
  });

  it("a foreign rule that says the same is not doubled", () => {
    const state = { ...emptyState, rules: [untagged] };
    assert.match(
      conflictOf(() => plan(change([wanted]), state)),
      /^rule inet 1000: a foreign rule says the same: ip -4 rule pref 1000 table 100, proto 0\n {2}next: set adopt/,
    );
    assert.deepEqual(plan(change([wanted], { adopt: true }), state).steps.map(commandOf), [
      "ip -4 rule add pref 1000 table 100 proto 214",
      "ip -4 rule del pref 1000 table 100",
    ]);
  });

  it("a foreign rule is not taken over where the kernel would delete another one", () => {
    const state = { ...emptyState, rules: [narrower, untagged] };
    assert.match(
      conflictOf(() => plan(change([wanted], { adopt: true }), state)),
      /the kernel may take another rule for the foreign one to take over/,
    );
  });

  it("a foreign rule is not taken over where the kernel would delete one that waits for another's change", () => {
    const waiting = observed({ ...untagged.rule, from: "198.18.1.2" }, tags.staging);
    const register = parseRegister(ownLine("rule inet 1000 staging", { id: "b", stack: "s" }));
    const state = { ...emptyState, rules: [waiting, untagged], register };
    assert.match(
      conflictOf(() => plan(change([wanted], { adopt: true }), state)),
      /the kernel may take another rule for the foreign one to take over: .*, proto 215/,
    );
    const behind = { ...state, rules: [untagged, waiting], register: owned("rule inet 1000 staging") };
    assert.deepEqual(plan(change([wanted], { adopt: true }), behind).steps.map(commandOf), [
      "ip -4 rule add pref 1000 table 100 proto 214",
      "ip -4 rule del pref 1000 proto 215",
      "ip -4 rule del pref 1000 table 100",
    ]);
  });

  it("a foreign rule is not taken over where it could not be put back beside a narrower one of the same tag", () => {
    const state = { ...emptyState, rules: [{ ...untagged, protocol: 4 }, narrower] };
    assert.match(
      conflictOf(() => plan(change([wanted], { adopt: true }), state)),
      /the kernel may take another/,
    );
  });

  it("a foreign rule is not taken over where a mask of zero is any mask", () => {
    const marked = (fwmark: string) => observed({ ...untagged.rule, fwmark }, 4);
    const state = { ...emptyState, rules: [marked("0x1/0xff"), marked("0x1/0x0")] };
    const again = wantedRule({ ...untagged.rule, fwmark: "0x1/0x0" });
    assert.match(
      conflictOf(() => plan(change([again], { adopt: true }), state)),
      /the kernel may take another/,
    );
  });

  it("one of several foreign rules is not guessed", () => {
    const other = wantedRule({ ...untagged.rule, table: 7 });
    const state = {
      ...emptyState,
      rules: [observed({ ...untagged.rule, from: "198.18.1.2" }, 4), observed({ ...untagged.rule, from: "198.18.1.3" }, 4)],
    };
    assert.match(
      conflictOf(() => plan(change([other], { adopt: true }), state)),
      /cannot tell which of 2 foreign rules/,
    );
  });

  it("a foreign route with attributes that could not be put back is not taken over", () => {
    const state = { ...emptyState, routes: [{ ...route(gateway, 4), unread: ["novelty"] }] };
    assert.match(
      conflictOf(() => plan(change([wantedRoute(gateway)], { adopt: true }), state)),
      /attributes that could not be put back: novelty/,
    );
  });

  it("several routes of ours at one key, or ours between others, are not changed by one step", () => {
    const [other, third] = [
      { ...gateway, via: "203.0.113.2" },
      { ...gateway, via: "203.0.113.3" },
    ];
    for (const routes of [
      [route(gateway), route(other)],
      [route(other, 4), route(gateway), route(third, 4)],
    ])
      assert.match(
        conflictOf(() => plan(change([wantedRoute({ ...gateway, mtu: 1400 })]), { ...emptyState, routes })),
        /routes stand at this key/,
      );
  });

  it("a route that comes and goes by itself is not taken over, with words that say why", () => {
    for (const [proto, why] of [
      [2, /the kernel makes it/],
      [9, /learned from router advertisements/],
      [16, /a DHCP client made it/],
    ] as const)
      assert.match(
        conflictOf(() => plan(change([wantedRoute(gateway)], { adopt: true }), { ...emptyState, routes: [route(gateway, proto)] })),
        why,
      );
  });

  it("next hops that somebody added to our IPv6 route are not taken away by an update, unless adopt says so", () => {
    const ours: Route = { family: "inet6", table: 100, destination: "default", via: "2001:db8::1", dev: "eth1" };
    const { via: _via, dev: _dev, ...both } = ours;
    const hops = [
      { via: "2001:db8::1", dev: "eth1" },
      { via: "2001:db8::77", dev: "eth1" },
    ];
    const state = { ...emptyState, routes: [route({ ...both, nexthops: hops })], register: owned(routeKey(ours)) };
    const before = new Map([[routeKey(ours), [{ via: "2001:db8::1", dev: "eth1" }]]]);
    const wanted = wantedRoute({ ...ours, mtu: 1400 });
    assert.match(
      conflictOf(() => plan(change([wanted], { hops: before }), state)),
      /somebody added next hops to it, which a change would take away: via 2001:db8::77 dev eth1/,
    );
    assert.deepEqual(
      plan(change([wanted], { hops: before, adopt: true }), state).notes.map(({ did }) => did),
      ["removed next hops that are not declared: via 2001:db8::77 dev eth1"],
    );
    // What the program itself had before is its own.
    assert.deepEqual(plan(change([wanted], { hops: new Map([[routeKey(ours), hops]]) }), state).notes, []);
    const gone = plan(change([], { hops: before }), state);
    assert.deepEqual(gone.steps.map(commandOf), ["ip -6 route del default via 2001:db8::1 dev eth1 table 100 metric 1024 proto 214"]);
    assert.deepEqual(gone.undo.map(commandOf), ["ip -6 route append default via 2001:db8::1 dev eth1 table 100 proto 214"]);
  });

  it("a name that means another table, or a table that has another name", () => {
    const line = { file: "/etc/iproute2/rt_tables", tableId: 100, name: "rt2" };
    const state = { ...emptyState, names: [line] };
    assert.match(
      conflictOf(() => plan(change([wantedName({ tableId: 101, name: "rt2" })]), state)),
      /^table 101: the name rt2 already stands for table 100 in \/etc\/iproute2\/rt_tables\n/,
    );
    assert.match(
      conflictOf(() => plan(change([wantedName({ tableId: 100, name: "rt3" })]), state)),
      /^table 100: table 100 already has the name rt2 in \/etc\/iproute2\/rt_tables\n/,
    );
    assert.deepEqual(plan(change([wantedName({ tableId: 100, name: "rt2" })]), state).steps, []);
  });
});

describe("the undo of an added route takes no other one", () => {
  const undo = (one: ObservedRoute["route"]) => plan(change([wantedRoute(one)]), emptyState).undo.map(commandOf);

  it("at IPv4 metric 0, which is any metric in a delete", () => {
    assert.deepEqual(undo(gateway), [
      "ip -4 route show exact default tos 0x0 table 100 proto 214 metric 0 | grep -q . && ip -4 route del default via 203.0.113.1 dev e1 table 100 metric 0 proto 214",
    ]);
    assert.match(
      undo({ ...gateway, tos: "0x10" })[0] ?? "",
      /^ip -4 route show exact default tos 0x10 table 100 proto 214 metric 0 \| grep -q \. && /,
    );
    assert.deepEqual(undo({ ...gateway, metric: 7 }), ["ip -4 route del default via 203.0.113.1 dev e1 table 100 metric 7 proto 214"]);
  });

  it("with an IPv6 source, which is any source where there is none", () => {
    assert.deepEqual(undo({ family: "inet6", table: 100, destination: "default", from: "2001:db8::/32", dev: "e1" }), [
      "ip -6 route show exact default from 2001:db8::/32 table 100 proto 214 metric 1024 | grep -q . && ip -6 route del default from 2001:db8::/32 dev e1 table 100 metric 1024 proto 214",
    ]);
    assert.deepEqual(undo({ family: "inet6", table: 100, destination: "default", dev: "e1" }), [
      "ip -6 route del default dev e1 table 100 metric 1024 proto 214",
    ]);
  });

  it("of a type whose default scope ip would say", () => {
    assert.match(
      undo({ family: "inet", table: 100, destination: "239.0.0.0/8", type: "multicast", dev: "e1", scope: "global" }).at(-1) ?? "",
      /&& ip -4 route del multicast 239\.0\.0\.0\/8 dev e1 table 100 scope 0 metric 0 proto 214$/,
    );
  });
});

describe("what is not as it should be", () => {
  const done = plan(change([wantedRule(rule)]), emptyState);
  const wrong = (...rules: ObservedRule[]) => deviations(done, { ...emptyState, rules }).map(({ text }) => text);

  it("is told", () => {
    assert.deepEqual(wrong(observed(rule, tags.owner)), []);
    assert.deepEqual(wrong(), ["ip -4 rule pref 1000 from 198.18.1.2 table 100 is not there"]);
    assert.deepEqual(wrong(observed(rule, 4)), ["ip -4 rule pref 1000 from 198.18.1.2 table 100 is not there"]);
    assert.deepEqual(wrong(observed(rule, tags.owner), observed(rule, tags.owner)), [
      "ip -4 rule pref 1000 from 198.18.1.2 table 100 is there 2 times",
    ]);
    assert.deepEqual(wrong(observed({ ...rule, table: 7 }, tags.owner)), [
      "ip -4 rule pref 1000 from 198.18.1.2 table 100 is ip -4 rule pref 1000 from 198.18.1.2 table 7",
    ]);
  });

  it("is told of what should be gone", () => {
    const state = { ...emptyState, rules: [observed(rule, tags.owner)], register: owned("rule inet 1000") };
    const text = "rule inet 1000 should be gone, but ip -4 rule pref 1000 from 198.18.1.2 table 100 is there";
    assert.deepEqual(deviations(plan(change([]), state), state), [{ key: "rule inet 1000", text }]);
  });
});

describe("what is read", () => {
  const wanted = wantedRule(rule);
  const read = (rules: ObservedRule[], register = owned("rule inet 1000"), id = "a") =>
    wanted.read({ ...emptyState, rules, register }, tags, id);

  it("is what is there, in the form of inputs", () => {
    assert.deepEqual(read([observed({ ...rule, table: 7 }, tags.owner)]), { ...rule, table: 7 });
  });
  it("is nothing when it is gone, foreign or another's", () => {
    assert.equal(read([]), undefined);
    assert.equal(read([observed(rule, 4)]), undefined);
    assert.equal(read([observed(rule, tags.owner)], owned("rule inet 1000"), "b"), undefined);
  });
  it("is what is ours even when the register was lost", () => {
    assert.deepEqual(read([observed(rule, tags.owner)], owned()), { ...rule });
  });
});
