import assert from "node:assert/strict";
import { tagsOf } from "../../../provider/src/declaration/owner";
import { seenIn } from "../../../provider/src/kernel/observed/kinds";
import { emptyState, type ObservedRule, type State } from "../../../provider/src/kernel/observed/state";
import { compare } from "../../../provider/src/kernel/plan/compare";

const tags = tagsOf(undefined);
const scope = { keys: new Set(["rule inet 1000"]), tags };
const rule = (priority: number, protocol: number, table = 100, unread: string[] = []): ObservedRule => ({
  rule: { family: "inet", priority, table },
  protocol,
  unread,
});
const state = (...rules: ObservedRule[]): State => ({ ...emptyState, rules });
const nothing = { differences: [], foreign: [] };

describe("before and after", () => {
  it("are equal when they say the same", () => {
    assert.deepEqual(compare(state(rule(1000, 214), rule(2000, 4)), state(rule(2000, 4), rule(1000, 214)), scope), nothing);
  });

  it("differ when something of ours differs, anywhere", () => {
    assert.deepEqual(compare(state(rule(1500, 214)), state(rule(1500, 214, 101)), scope), {
      differences: [
        { key: "rule inet 1500", was: "ip -4 rule pref 1500 table 100 proto 214", is: "ip -4 rule pref 1500 table 101 proto 214" },
      ],
      foreign: [],
    });
    assert.deepEqual(compare(state(rule(1500, 215)), state(), scope).differences, [
      { key: "rule inet 1500", was: "ip -4 rule pref 1500 table 100 proto 215", is: "nothing" },
    ]);
  });

  it("are of entries that say what they are, wherever they were handed on", () => {
    const seen = {
      ...state(rule(1000, 214)),
      routes: [{ route: { family: "inet", destination: "default", table: 7 }, protocol: 4, unread: [] }],
    } as const;
    assert.deepEqual(
      [...seenIn(seen)].map((one) => [one.print(), one.found["table"]]),
      [
        ["ip -4 route default table 7 proto 4", 7],
        ["ip -4 rule pref 1000 table 100 proto 214", 100],
      ],
    );
  });

  it("differ when something foreign differs at a key that was touched", () => {
    assert.deepEqual(compare(state(rule(1000, 4)), state(), scope).differences, [
      { key: "rule inet 1000", was: "ip -4 rule pref 1000 table 100 proto 4", is: "nothing" },
    ]);
  });

  it("tell apart what somebody else changed meanwhile", () => {
    assert.deepEqual(compare(state(), state(rule(2000, 4)), scope), {
      differences: [],
      foreign: [{ key: "rule inet 2000", was: "nothing", is: "ip -4 rule pref 2000 table 100 proto 4" }],
    });
  });

  it("differ in the sequence of rules of one priority: it decides", () => {
    const one = compare(state(rule(1000, 4, 100), rule(1000, 4, 101)), state(rule(1000, 4, 101), rule(1000, 4, 100)), scope);
    assert.equal(one.differences.length, 1);
  });

  it("differ when one stands twice, or has what we do not read", () => {
    assert.equal(compare(state(rule(1000, 214)), state(rule(1000, 214), rule(1000, 214)), scope).differences.length, 1);
    assert.equal(compare(state(rule(1000, 214)), state(rule(1000, 214, 100, ["novelty"])), scope).differences.length, 1);
  });

  it("are equal when a route only lost its link or some of its life", () => {
    const route = { family: "inet6", table: 100, destination: "default", via: "fe80::1", dev: "e0" } as const;
    const routes = (unread: string[]): State => ({ ...emptyState, routes: [{ route, protocol: 214, unread }] });
    assert.deepEqual(compare(routes([]), routes([]), scope), nothing);
  });

  it("differ when a name of ours is gone, but not ours is another's", () => {
    const named = (owner?: { id: string; stack: string }): State => ({
      ...emptyState,
      names: [{ file: "/etc/iproute2/rt_tables.d/x.conf", tableId: 100, name: "rt2", ...(owner === undefined ? {} : { owner }) }],
    });
    assert.deepEqual(compare(named({ id: "a", stack: "s" }), emptyState, scope).differences, [
      { key: "table 100", was: "table 100 rt2 in /etc/iproute2/rt_tables.d/x.conf", is: "nothing" },
    ]);
    assert.deepEqual(compare(named(), emptyState, scope).differences, []);
    assert.equal(compare(named(), emptyState, scope).foreign.length, 1);
  });
});
