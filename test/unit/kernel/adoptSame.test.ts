import assert from "node:assert/strict";
import { tagsOf } from "../../../provider/src/declaration/owner";
import type { Route } from "../../../provider/src/declaration/route/route";
import type { Rule } from "../../../provider/src/declaration/rule/rule";
import { sysctlKey } from "../../../provider/src/declaration/sysctl/sysctl";
import { isPolicyRoutingError } from "../../../provider/src/errors";
import { wantedNexthop } from "../../../provider/src/kernel/nexthop/nexthop";
import { emptyState, type State } from "../../../provider/src/kernel/observed/state";
import type { Mandate, Wanted } from "../../../provider/src/kernel/plan/change";
import { plan } from "../../../provider/src/kernel/plan/plan";
import { ownLine, printLine } from "../../../provider/src/kernel/plan/register";
import { commandOf, tableName } from "../../../provider/src/kernel/plan/step";
import { wantedRoute } from "../../../provider/src/kernel/route/route";
import { wantedRule } from "../../../provider/src/kernel/rule/rule";
import { wantedSysctl } from "../../../provider/src/kernel/sysctl/sysctl";
import { wantedName } from "../../../provider/src/kernel/table/name";
import { parseRegister } from "./atOnce";

const mandate: Mandate = { id: "a", stack: "s", tags: tagsOf(undefined), adopt: "same" };
const planOf = (wanted: Wanted, state: Partial<State>, adopt: Mandate["adopt"] = "same") =>
  plan({ ...mandate, adopt, wanted: [wanted] }, { ...emptyState, ...state });

function refusal(wanted: Wanted, state: Partial<State>): string {
  try {
    planOf(wanted, state);
  } catch (error) {
    assert.ok(isPolicyRoutingError(error) && error.kind === "conflict");
    return error.message;
  }
  assert.fail("it was taken over");
}

const rule: Rule = { family: "inet", priority: 4010, from: "10.6.0.0/16", table: 300 };
const route: Route = { family: "inet", table: 300, destination: "default", via: "203.0.113.1", dev: "e1" };
const { dev: _dev, ...withoutDevice } = route;
const typo: Rule = { ...rule, from: "10.66.0.0/16" };
const foreign = { protocol: 4, unread: [] };

describe('adopt: "same"', () => {
  it("takes over a rule, a route and a next hop that say what is declared, as true does", () => {
    for (const [wanted, state] of [
      [wantedRule(rule), { rules: [{ ...foreign, rule }] }],
      [wantedRoute(route), { routes: [{ ...foreign, route }] }],
      // What the kernel fills in makes no difference.
      [wantedRoute(withoutDevice), { routes: [{ ...foreign, route }] }],
      [wantedNexthop({ nhid: 5, dev: "e1" }), { nexthops: [{ ...foreign, nexthop: { nhid: 5, dev: "e1" } }] }],
    ] as const) {
      const { steps, undo } = planOf(wanted, state);
      assert.ok(steps.length > 0);
      assert.deepEqual([steps, undo], [planOf(wanted, state, true).steps, planOf(wanted, state, true).undo]);
    }
  });

  it("refuses what differs, and shows what stands there and what is declared", () => {
    for (const [wanted, state, there, declared] of [
      [
        wantedRule(typo),
        { rules: [{ ...foreign, rule }] },
        /from 10\.6\.0\.0\/16 table 300, proto 4;/,
        /from 10\.66\.0\.0\/16 table 300$/m,
      ],
      [
        wantedRoute({ ...route, mtu: 1400 }),
        { routes: [{ ...foreign, route: { ...route, mtu: 1400, mtuLock: true } }] },
        /there ip .* mtu lock 1400 proto 4;/,
        /declared ip .* mtu 1400$/m,
      ],
      [
        wantedNexthop({ nhid: 5, dev: "e1" }),
        { nexthops: [{ ...foreign, nexthop: { nhid: 5, dev: "e2" } }] },
        /there ip nexthop id 5 dev e2 proto 4;/,
        /declared ip nexthop id 5 dev e1$/m,
      ],
    ] as const) {
      const said = refusal(wanted, state);
      assert.match(said, there);
      assert.match(said, declared);
      assert.match(said, /next: declare it as it stands there, or set adopt: true to replace it/);
      assert.ok(planOf(wanted, state, true).steps.length > 0);
    }
  });

  it("refuses an entry that says more than is understood", () => {
    assert.match(refusal(wantedRule(rule), { rules: [{ ...foreign, rule, unread: ["novelty"] }] }), /, with novelty, proto 4;/);
    assert.match(refusal(wantedRoute(route), { routes: [{ ...foreign, route, unread: ["novelty"] }] }), /with novelty proto 4;/);
  });

  it("leaves alone a twin beside ours of what was declared before, and takes away one of what is declared", () => {
    const was: Rule = { ...rule, table: 200 };
    const rules = [
      { rule: was, protocol: 214, unread: [] },
      { ...foreign, rule: was },
      { ...foreign, protocol: 3, rule },
    ];
    const state = { rules, register: parseRegister(ownLine("rule inet 4010", mandate)) };
    const foreignGone = (adopt: Mandate["adopt"]): string[] =>
      planOf(wantedRule(rule), state, adopt)
        .steps.map(commandOf)
        .filter((step) => /rule del .* proto [34]$/.test(step));
    assert.deepEqual(foreignGone("same"), ["ip -4 rule del pref 4010 from 10.6.0.0/16 table 300 proto 3"]);
    assert.equal(foreignGone(true).length, 2);
    assert.equal(foreignGone(false).length, 0);
  });

  it("of another stack's it takes over what is the same, and refuses what differs", () => {
    const register = (key: string, more?: string) =>
      parseRegister(ownLine(key, { id: "b", stack: "other", ...(more === undefined ? {} : { more }) }));
    const at = { register: register("rule inet 4010"), rules: [{ rule, protocol: 214, unread: [] }] };
    assert.match(planOf(wantedRule(rule), at).register.map(printLine).join("\n"), /^rule inet 4010\ta\ts$/m);
    assert.match(refusal(wantedRule(typo), at), /there ip -4 rule pref 4010 from 10\.6\.0\.0\/16 table 300; declared/);

    const names = [{ file: "f", tableId: 300, name: "isp", owner: { id: "b", stack: "other" } }];
    assert.deepEqual(planOf(wantedName({ tableId: 300, name: "isp" }), { names }).steps, [
      tableName(300, { name: "isp", owner: { id: "a", stack: "s" } }),
    ]);
    assert.match(refusal(wantedName({ tableId: 300, name: "isp2" }), { names }), /there isp; declared isp2/);

    const sysctl = { file: "arp_ignore", device: "e1", value: 1 } as const;
    const key = sysctlKey(sysctl);
    const sysctls = (value: number) => ({ sysctls: new Map([[key, value]]), register: register(key, `0 ${value}`) });
    assert.equal(planOf(wantedSysctl(sysctl), sysctls(1)).register.length, 1);
    assert.match(refusal(wantedSysctl(sysctl), sysctls(2)), /there 2; declared 1/);
  });

  it("next hops that somebody added to ours are not taken away by an update", () => {
    const six: Route = { family: "inet6", table: 100, destination: "default", via: "2001:db8::1", dev: "e1" };
    const { via: _via, dev: _dev, ...rest } = six;
    const hops = [
      { via: "2001:db8::1", dev: "e1" },
      { via: "2001:db8::77", dev: "e1" },
    ];
    const key = "route inet6 table 100 default";
    const state = { ...emptyState, routes: [{ route: { ...rest, nexthops: hops }, protocol: 214, unread: [] }] };
    const change = { ...mandate, hops: new Map([[key, hops.slice(0, 1)]]), wanted: [wantedRoute({ ...six, mtu: 1400 })] };
    assert.throws(() => plan(change, { ...state, register: parseRegister(ownLine(key, mandate)) }), /somebody added next hops to it/);
  });
});
