import assert from "node:assert/strict";
import fc from "fast-check";
import { routeKey, ruleKey } from "../../provider/src/declaration/key";
import { tagsOf } from "../../provider/src/declaration/owner";
import { registerKey } from "../../provider/src/declaration/registerKey";
import type { Route } from "../../provider/src/declaration/route/route";
import type { Rule } from "../../provider/src/declaration/rule/rule";
import type { State } from "../../provider/src/kernel/observed/state";
import type { Wanted } from "../../provider/src/kernel/plan/change";
import { plan } from "../../provider/src/kernel/plan/plan";
import { wantedRoute } from "../../provider/src/kernel/route/route";
import { command } from "../../provider/src/kernel/route/steps";
import { wantedRule } from "../../provider/src/kernel/rule/rule";
import { add as addRule } from "../../provider/src/kernel/rule/steps";
import { ModelKernel, restorable } from "./modelKernel";
import { change, family, type Input, routeOf, routeUpdate, ruleInput, ruleOf, ruleUpdate, runs, stack } from "./subjects";
import { tryOut } from "./tryOut";

const even = [214, 220, 216] as const;
/** Also odd ones and one of FRR's, which older versions took. */
const any = [...even, 215, 213, 221, 190] as const;
const bystander = { id: "z", stack: "organization/project/other" };
const bystanderTag = 230;
/** As this version writes it, as an older one did, or lost with /run. */
const known = fc.constantFrom("now", "before", "lost");

const sorted = (state: State) => ({ ...restorable(state), rules: state.rules.map((one) => JSON.stringify(one)).sort() });
const others = (state: State, ours: readonly number[]) =>
  [...state.rules, ...state.routes].filter(({ protocol }) => !ours.includes(protocol)).map((one) => JSON.stringify(one));
/** The order of entries of one key is that of their making: what an undo puts back stands behind its peers. */
const sameOthers = (kernel: ModelKernel, before: State, ours: readonly number[]): void =>
  assert.deepEqual(others(kernel.state(), ours).sort(), others(before, ours).sort());

function knowing(kernel: ModelKernel, key: string, tag: number, form: string): void {
  if (form !== "lost") kernel.register([{ at: form === "now" ? registerKey(key, tag) : key, entry: { id: "a", stack } }]);
}

describe("a changed owner", function () {
  this.timeout(120_000);
  const setting = fc.record({
    from: fc.constantFrom(...any),
    to: fc.constantFrom(...even),
    form: known,
    foreign: fc.array(fc.constantFrom(4, 0, bystanderTag), { maxLength: 3 }),
  });

  it("takes over its own rule without a gap, beside others' at its priority, and every prefix is undone", () => {
    const rules = family.chain((of) => fc.tuple(ruleUpdate(of), fc.array(ruleInput(of), { minLength: 3, maxLength: 3 })));
    let taken = 0;
    fc.assert(
      fc.property(setting, rules, ({ from, to, form, foreign }, [[old, wanted], there]) => {
        fc.pre(from !== to);
        const kernel = new ModelKernel();
        const key = ruleKey(ruleOf(old));
        for (const [index, proto] of foreign.entries()) kernel.change([addRule(ruleOf(there[index] ?? old), proto)]);
        if (foreign.includes(bystanderTag)) kernel.register([{ at: registerKey(key, bystanderTag), entry: bystander }]);
        kernel.change([addRule(ruleOf(old), from)]);
        knowing(kernel, key, from, form);
        const before = kernel.state();
        const options = { tags: tagsOf(to), former: tagsOf(from) };
        const ours = [from, to, to + 1];
        const next = change("a", [wantedRule(ruleOf(wanted))], options);
        const watched = new ModelKernel(kernel);
        if (tryOut(kernel, next, sorted) === undefined) return;
        taken++;
        watched.change(plan(next, watched.state()).steps, (state) =>
          assert.ok(
            state.rules.some(({ protocol }) => ours.includes(protocol)),
            "missing in between",
          ),
        );
        const now = kernel.state();
        assert.deepEqual(
          now.rules.filter(({ protocol }) => ours.includes(protocol)),
          [{ rule: ruleOf(wanted), protocol: to, unread: [] }],
        );
        sameOthers(kernel, before, ours);
        assert.deepEqual(
          [...now.register.entries].sort(),
          [
            [registerKey(key, to), { id: "a", stack }] as const,
            ...(foreign.includes(bystanderTag) ? [[registerKey(key, bystanderTag), bystander] as const] : []),
          ].sort(),
        );
        assert.ok(tryOut(kernel, change("a", [], options), sorted));
        sameOthers(kernel, before, ours);
      }),
      { numRuns: runs(400) },
    );
    assert.ok(taken > runs(400) / 4, `only ${taken} were taken over`);
  });

  it("takes over its own route in one step, and every prefix is undone", () => {
    fc.assert(
      fc.property(setting, family.chain(routeUpdate), ({ from, to, form }, [old, wanted]) => {
        fc.pre(from !== to);
        const kernel = new ModelKernel();
        const key = routeKey(routeOf(old));
        kernel.change([command("add", routeOf(old), from)]);
        knowing(kernel, key, from, form);
        const lost = form === "lost" && key !== routeKey(routeOf(wanted));
        const options = { tags: tagsOf(to), former: tagsOf(from) };
        assert.ok(tryOut(kernel, change("a", [wantedRoute(routeOf(wanted))], options), restorable));
        const stays = lost ? [from] : [];
        assert.deepEqual(
          kernel
            .state()
            .routes.map(({ protocol }) => protocol)
            .sort(),
          [...stays, to].sort(),
        );
        assert.ok(tryOut(kernel, change("a", [], options), restorable));
        assert.deepEqual(
          kernel.state().routes.map(({ protocol }) => protocol),
          stays,
        );
        assert.equal(kernel.state().register.entries.size, 0);
      }),
      { numRuns: runs(400) },
    );
  });
});

/** What a resource has declared, and under which tag. */
interface Held {
  readonly tag: number;
  readonly rule: Rule | undefined;
  readonly route: Route | undefined;
}

describe("stacks with tags of their own on one host", function () {
  this.timeout(120_000);
  const actors = ["a", "b", "c"] as const;
  const stackOf = (id: string): string => `organization/project/${id}`;
  const rule = ruleInput("inet", fc.constantFrom(1000, 1001));
  const route = fc.constantFrom<Input>(
    { family: "inet", destination: "default", dev: "e0", table: 100 },
    { family: "inet", destination: "default", type: "blackhole", table: 100 },
    { family: "inet", destination: "default", via: "198.18.1.1", table: 101 },
  );
  const act = fc.record({
    id: fc.constantFrom(...actors),
    tag: fc.constantFrom(...even),
    rule: fc.option(rule, { nil: undefined, freq: 3 }),
    route: fc.option(route, { nil: undefined, freq: 1 }),
    exclusive: fc.boolean(),
  });
  const wantedOf = ({ rule: one, route: other }: Held): Wanted[] => [
    ...(one === undefined ? [] : [wantedRule(one)]),
    ...(other === undefined ? [] : [wantedRoute(other)]),
  ];
  const linesOf = (id: string, { tag, rule: one, route: other }: Held): [string, string][] => [
    ...(one === undefined ? [] : [[registerKey(ruleKey(one), tag), id] as [string, string]]),
    ...(other === undefined ? [] : [[registerKey(routeKey(other), tag), id] as [string, string]]),
  ];
  const entriesOf = ({ tag, rule: one, route: other }: Held): string[] => [
    ...(one === undefined ? [] : [JSON.stringify({ rule: one, protocol: tag, unread: [] })]),
    ...(other === undefined ? [] : [JSON.stringify({ route: other, protocol: tag, unread: [] })]),
  ];
  const there = (kernel: ModelKernel): string[] => others(kernel.state(), []);
  const nothing: Held = { tag: 214, rule: undefined, route: undefined };

  const carryOut = (kernel: ModelKernel, held: Map<string, Held>, id: string, next: Held, exclusive: boolean): void => {
    const old = held.get(id) ?? nothing;
    const options = { stack: stackOf(id), tags: tagsOf(next.tag), former: old.tag === next.tag ? undefined : tagsOf(old.tag), exclusive };
    if (tryOut(kernel, change(id, wantedOf(next), options), sorted) !== undefined) held.set(id, next);
  };

  it("each changes, moves and removes only its own, whatever the order, exclusive or not", () => {
    fc.assert(
      fc.property(fc.array(act, { minLength: 2, maxLength: 8 }), (acts) => {
        const kernel = new ModelKernel();
        const held = new Map<string, Held>();
        for (const { id, tag, rule: one, route: other, exclusive } of acts) {
          const next = { tag, rule: one && ruleOf(one), route: other && routeOf(other) };
          carryOut(kernel, held, id, next, exclusive);
          const all = [...held];
          assert.deepEqual(there(kernel).sort(), all.flatMap(([, one]) => entriesOf(one)).sort());
          assert.deepEqual(
            [...kernel.state().register.entries].map(([key, entry]): [string, string] => [key, entry.id]).sort(),
            all.flatMap(([name, one]) => linesOf(name, one)).sort(),
          );
        }
      }),
      { numRuns: runs(400) },
    );
  });

  it("what an older version left is theirs, under the tag that stands there, and nobody's line is lost", () => {
    const left = fc.record({ tag: fc.constantFrom(...any), rule: fc.option(rule, { nil: undefined }) });
    const order = fc.shuffledSubarray([...actors], { minLength: 3 });
    fc.assert(
      fc.property(fc.tuple(left, left, left), fc.array(act, { maxLength: 4 }), order, fc.boolean(), (before, acts, last, exclusive) => {
        const kernel = new ModelKernel();
        const held = new Map<string, Held>();
        const keys = new Set<string>();
        for (const [index, { tag, rule: one }] of before.entries()) {
          const id = actors[index] ?? "a";
          const rule = one === undefined ? undefined : ruleOf(one);
          // The older version itself lost the line of the one that came first.
          if (rule === undefined || keys.has(ruleKey(rule))) continue;
          keys.add(ruleKey(rule));
          kernel.change([addRule(rule, tag)]);
          kernel.register([{ at: ruleKey(rule), entry: { id, stack: stackOf(id) } }]);
          held.set(id, { tag, rule, route: undefined });
        }
        for (const { id, tag, rule: one, route: other } of acts)
          carryOut(kernel, held, id, { tag, rule: one && ruleOf(one), route: other && routeOf(other) }, exclusive);
        assert.deepEqual(there(kernel).sort(), [...held.values()].flatMap(entriesOf).sort());
        for (const id of last) {
          const { tag } = held.get(id) ?? nothing;
          carryOut(kernel, held, id, { tag, rule: undefined, route: undefined }, false);
        }
        assert.deepEqual(there(kernel), []);
        assert.equal(kernel.state().register.entries.size, 0);
      }),
      { numRuns: runs(400) },
    );
  });
});
