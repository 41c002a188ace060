import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { routeKey, ruleKey } from "../../provider/src/declaration/key";
import { routeAttributes } from "../../provider/src/declaration/route/attributes";
import type { Rule } from "../../provider/src/declaration/rule/rule";
import { rulesIn } from "../../provider/src/declaration/rule/ruleSet";
import { type Sysctl, sysctlKey } from "../../provider/src/declaration/sysctl/sysctl";
import { emptyState, type State } from "../../provider/src/kernel/observed/state";
import type { Change } from "../../provider/src/kernel/plan/change";
import { plan } from "../../provider/src/kernel/plan/plan";
import { wantedRoute } from "../../provider/src/kernel/route/route";
import { command } from "../../provider/src/kernel/route/steps";
import { wantedRule } from "../../provider/src/kernel/rule/rule";
import { add as addRule, delOne } from "../../provider/src/kernel/rule/steps";
import { wantedSysctl } from "../../provider/src/kernel/sysctl/sysctl";
import { wantedName } from "../../provider/src/kernel/table/name";
import { asAsked } from "../../provider/src/kernel/words";
import { ModelKernel, restorable } from "./modelKernel";
import {
  change,
  family,
  hops,
  type Input,
  nearRoute,
  routeInput,
  routeOf,
  routeUpdate,
  ruleInput,
  ruleOf,
  ruleSetOf,
  ruleUpdate,
  runs,
  setInput,
  setUpdate,
  stack,
  tags,
  twinRules,
} from "./subjects";
import { addGiven, tryOut } from "./tryOut";

const foreignProto = 4;

/** What is given back stands behind its peers. */
const anyOrder = (state: State) => state.rules.map((one) => JSON.stringify(one)).sort();
const isForeign = ({ protocol }: { protocol: number }): boolean => protocol !== tags.owner && protocol !== tags.staging;

describe("on a kernel that compares as little as the real one", function () {
  this.timeout(120_000);
  it("a rule that is added reads as it was written", () => {
    fc.assert(
      fc.property(
        family.chain((of) => ruleInput(of, fc.integer({ min: 1, max: 1999 }))),
        (input) => {
          const rule = ruleOf(input);
          const kernel = new ModelKernel();
          assert.ok(kernel.change([addRule(rule, tags.owner)]));
          assert.deepEqual(kernel.state().rules, [{ rule, protocol: tags.owner, unread: [] }]);
        },
      ),
    );
  });

  it("a route that is added reads as it was written", () => {
    fc.assert(
      fc.property(family.chain(routeInput), (input) => {
        const route = routeOf(input);
        const kernel = new ModelKernel();
        assert.ok(kernel.change([command("add", route, tags.owner)]));
        const [seen, ...others] = kernel.state().routes;
        assert.ok(seen);
        assert.deepEqual(others, []);
        assert.deepEqual(seen.unread, []);
        assert.deepEqual(asAsked(routeAttributes, route, seen.route), { ...route });
      }),
    );
  });

  it("a rule is updated in place, and every prefix undone", () => {
    fc.assert(
      fc.property(family.chain(ruleUpdate), fc.boolean(), ([old, wanted], known) => {
        const kernel = new ModelKernel();
        kernel.change([addRule(ruleOf(old), tags.owner)]);
        if (known) kernel.register([{ at: ruleKey(ruleOf(old)), entry: { id: "a", stack } }]);
        assert.ok(tryOut(kernel, change("a", [wantedRule(ruleOf(wanted))]), restorable));
        assert.equal(kernel.state().rules.length, 1);
      }),
      { numRuns: runs(500) },
    );
  });

  it("a set of rules comes, grows, shrinks, changes and goes beside foreign twins, which stay, and every prefix is undone", () => {
    const setting = family.chain((of) =>
      fc.record({
        update: setUpdate(of),
        twins: fc.array(fc.tuple(fc.nat(8), fc.constantFrom(foreignProto, 0, 18)), { maxLength: 3 }),
        last: fc.option(ruleInput(of), { nil: undefined }),
      }),
    );
    fc.assert(
      fc.property(setting, ({ update: [old, wanted], twins, last }) => {
        const kernel = new ModelKernel();
        const [before, after] = [ruleSetOf(old), ruleSetOf(wanted)];
        assert.ok(tryOut(kernel, change("a", [wantedRule(before)]), restorable));
        assert.equal(kernel.state().rules.length, rulesIn(before).length);
        const there = [...rulesIn(before), ...rulesIn(after)];
        for (const [index, proto] of twins) kernel.change([addRule(there[index % there.length] ?? assert.fail(), proto)]);
        const foreign = kernel.state().rules.filter(isForeign);
        const staying = rulesIn(after).filter((rule) => rulesIn(before).some((one) => isDeepStrictEqual(one, rule)));
        const copy = new ModelKernel(kernel);
        copy.change(plan(change("a", [wantedRule(after)]), kernel.state()).steps, ({ rules }) => {
          const missing = staying.filter((rule) => !rules.some((one) => !isForeign(one) && isDeepStrictEqual(one.rule, rule)));
          assert.deepEqual(missing, [], "missing in between");
        });
        assert.ok(tryOut(kernel, change("a", [wantedRule(after)]), anyOrder));
        assert.deepEqual(kernel.state().rules.filter(isForeign), foreign);
        assert.equal(kernel.state().rules.length, rulesIn(after).length + foreign.length);
        assert.deepEqual(wantedRule(after).read(kernel.state(), tags, "a"), { ...after });
        // Back to one rule, or to none.
        assert.ok(tryOut(kernel, change("a", last === undefined ? [] : [wantedRule(ruleOf(last))]), anyOrder));
        assert.deepEqual(kernel.state().rules.filter(isForeign), foreign);
      }),
      { numRuns: runs(100) },
    );
  });

  it("what somebody changed of a set is drift, whatever it is", () => {
    fc.assert(
      fc.property(
        family.chain((of) => fc.tuple(setInput(of), setInput(of), fc.subarray([0, 1, 2, 3, 4, 5, 6, 7, 8]))),
        ([input, other, gone]) => {
          const kernel = new ModelKernel();
          const set = ruleSetOf(input);
          tryOut(kernel, change("a", [wantedRule(set)]), restorable);
          const declared = kernel.state().rules;
          kernel.change([
            ...rulesIn(set).flatMap((rule, index) => (gone.includes(index) ? [delOne(rule, tags.owner)] : [])),
            ...rulesIn(ruleSetOf(other)).map((rule) => addRule(rule, tags.owner)),
          ]);
          const isSame = isDeepStrictEqual(anyOrder(kernel.state()), anyOrder({ ...emptyState, rules: declared }));
          const read = wantedRule(set).read(kernel.state(), tags, "a");
          assert.equal(isDeepStrictEqual(read, { ...set }), isSame, JSON.stringify(read));
          assert.equal(wantedRule(set).missing(kernel.state(), tags) === undefined, isSame);
          assert.ok(tryOut(kernel, change("a", [wantedRule(set)]), restorable));
          assert.deepEqual(anyOrder(kernel.state()), anyOrder({ ...emptyState, rules: declared }));
        },
      ),
      { numRuns: runs(60) },
    );
  });

  it("a rule stands beside foreign ones, which stay as they are unless they are adopted", () => {
    const setting = family.chain((of) =>
      fc.record({
        foreign: fc.array(fc.tuple(ruleInput(of), fc.constantFrom(foreignProto, 0)), { maxLength: 3 }),
        near: fc.option(ruleUpdate(of), { nil: undefined }),
        ours: fc.option(ruleInput(of), { nil: undefined, freq: 1 }),
        staged: fc.option(ruleInput(of), { nil: undefined, freq: 1 }),
        wanted: ruleInput(of),
        twin: fc.option(fc.nat(2), { nil: undefined }),
        owner: fc.option(fc.constantFrom("a", "b"), { nil: undefined }),
        adopt: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(setting, ({ foreign, near, ours, staged, wanted, twin, owner, adopt }) => {
        const kernel = new ModelKernel();
        const others = [...foreign, ...(near ?? []).map((input) => [input, foreignProto] as const)];
        for (const [input, proto] of others) kernel.change([addGiven(input, proto)]);
        if (staged !== undefined) kernel.change([addRule(ruleOf(staged), tags.staging)]);
        if (ours !== undefined) kernel.change([addRule(ruleOf(ours), tags.owner)]);
        const rule = ruleOf((twin === undefined ? undefined : others[twin]?.[0]) ?? wanted);
        if (ours !== undefined && owner !== undefined) kernel.register([{ at: ruleKey(rule), entry: { id: owner, stack } }]);
        const before = kernel.state().rules.filter(isForeign);
        const copy = new ModelKernel(kernel);
        // What is adopted and given back stands behind its peers.
        const comparable = (state: State) => state.rules.map((one) => JSON.stringify(one)).sort();
        const planned = tryOut(copy, change("a", [wantedRule(rule)], { adopt }), comparable);
        if (planned === undefined) return;
        const after = copy.state().rules.filter(isForeign);
        const notes = planned.notes.filter(({ did }) => did.startsWith("took over "));
        assert.equal(before.length - after.length, notes.length);
        assert.ok(adopt || notes.length === 0);
        const kept = after.map((one) => JSON.stringify(one));
        assert.deepEqual(
          before.map((one) => JSON.stringify(one)).filter((one) => kept.includes(one)),
          kept,
        );
      }),
      { numRuns: runs(500) },
    );
  });

  it("a rule that stands there several times under foreign tags is taken over whole, and given back in its order", () => {
    let done = 0;
    fc.assert(
      fc.property(family.chain(twinRules), ({ input, twins, place, other, adopt }) => {
        const kernel = new ModelKernel();
        const lines = twins.map(([from, proto]) => addGiven({ ...input, from }, proto));
        if (place !== undefined) lines.splice(place, 0, addRule(ruleOf(input), tags.owner));
        for (const line of lines) kernel.change([line]);
        const rule = ruleOf(place === undefined ? input : (other ?? input));
        if (place !== undefined) kernel.register([{ at: ruleKey(rule), entry: { id: "a", stack } }]);
        const had = kernel.state().rules.filter(isForeign).length;
        // What was adopted stands behind the others that are left, where there are any.
        const planned = tryOut(kernel, change("a", [wantedRule(rule)], { adopt }), adopt ? restorable : anyOrder);
        if (planned === undefined) return;
        done++;
        const left = kernel.state().rules.filter(isForeign);
        assert.equal(left.length, adopt ? 0 : had);
        assert.equal(planned.notes.filter(({ did }) => did.startsWith("took over ")).length, had - left.length);
      }),
      { numRuns: runs(300) },
    );
    assert.ok(done > runs(300) / 4, `only ${done} were not refused`);
  });

  it("a route is added, replaced or moved among its neighbours, and every prefix undone", () => {
    const setting = family
      .chain((of) => fc.tuple(fc.constant(of), routeUpdate(of)))
      .chain(([of, update]) =>
        fc.record({
          neighbours: fc.array(fc.tuple(fc.oneof(routeInput(of), nearRoute(of, update[1])), fc.constantFrom(foreignProto, tags.owner)), {
            maxLength: 5,
          }),
          update: fc.constant(update),
          present: fc.boolean(),
          adopt: fc.boolean(),
        }),
      );
    fc.assert(
      fc.property(setting, ({ neighbours, update: [old, wanted], present, adopt }) => {
        const kernel = new ModelKernel();
        const before = routeOf(old);
        if (present) {
          kernel.change([command("add", before, tags.owner)]);
          kernel.register([{ at: routeKey(before), entry: { id: "a", stack } }]);
        }
        for (const [input, proto] of neighbours) kernel.change([command("add", routeOf(input), proto)]);
        const foreign = kernel.state().routes.filter(isForeign);
        const planned = tryOut(kernel, change("a", [wantedRoute(routeOf(wanted))], { adopt }), restorable);
        if (planned !== undefined && planned.notes.length === 0) assert.deepEqual(kernel.state().routes.filter(isForeign), foreign);
      }),
      { numRuns: runs(800) },
    );
  });

  it("a route is changed, taken over and given back among others at its key, in their order, and every prefix undone", () => {
    const hop = fc.constantFrom(...hops.inet.filter(({ type }) => type === undefined));
    const at = { family: "inet", destination: "default", table: 100 };
    const setting = fc.record({
      others: fc.uniqueArray(fc.tuple(hop, fc.constantFrom(3, 4, 18, 16, 0)), { selector: ([, proto]) => proto, maxLength: 3 }),
      place: fc.nat(3),
      ours: fc.option(hop, { nil: undefined, freq: 3 }),
      wanted: hop,
      metric: fc.constantFrom(undefined, 50),
      adopt: fc.boolean(),
    });
    let done = 0;
    fc.assert(
      fc.property(setting, ({ others, place, ours, wanted, metric, adopt }) => {
        const kernel = new ModelKernel();
        const append = (input: Input, proto: number) => command("append", routeOf({ ...at, metric, ...input }), proto);
        const lines = others.map(([input, proto]) => append(input, proto));
        if (ours !== undefined) lines.splice(place, 0, append(ours, tags.owner));
        kernel.change([command("add", routeOf({ ...at, metric: 70, dev: "e1" }), tags.owner), ...lines]);
        const key = routeKey(routeOf({ ...at, metric, ...wanted }));
        if (ours !== undefined) kernel.register([{ at: key, entry: { id: "a", stack } }]);
        const ordered = (state: State) => state.routes.map((one) => JSON.stringify(one));
        const foreign = kernel.state().routes.filter(isForeign);
        const planned = tryOut(kernel, change("a", [wantedRoute(routeOf({ ...at, metric, ...wanted }))], { adopt }), ordered);
        if (planned === undefined) return;
        done++;
        const left = kernel.state().routes.filter(isForeign);
        if (!adopt) assert.deepEqual(left, foreign);
        assert.ok(left.every(({ protocol }) => ours !== undefined || protocol !== 16));
        assert.equal(planned.notes.filter(({ did }) => did.startsWith("took over ")).length, foreign.length - left.length);
        assert.equal(
          planned.notes.some(({ did }) => did.startsWith("beside it stands ")),
          left.length > 0,
        );
        // Between others it cannot be put back, only behind them.
        assert.ok(tryOut(kernel, change("a", []), (state) => ordered(state).sort()));
        assert.deepEqual(kernel.state().routes.filter(isForeign), left);
      }),
      { numRuns: runs(500) },
    );
    assert.ok(done > runs(500) / 4, `only ${done} were not refused`);
  });

  it("a name is written, moved and erased, and every prefix undone", () => {
    const table = fc.record({ tableId: fc.constantFrom(100, 101), name: fc.constantFrom("rt1", "rt2") });
    fc.assert(
      fc.property(fc.option(table, { nil: undefined }), fc.option(table), fc.option(table), (elsewhere, old, wanted) => {
        const kernel = new ModelKernel();
        if (elsewhere !== undefined)
          kernel.writeFile("/etc/iproute2/rt_tables", `255\tlocal\n${elsewhere.tableId} ${elsewhere.name} # by hand`);
        for (const one of [old, wanted]) tryOut(kernel, change("a", one === null ? [] : [wantedName(one)]), restorable);
      }),
    );
  });

  it("settings of devices are written, changed and put back beside rules, and every prefix undone", () => {
    const files = ["rp_filter", "arp_ignore", "arp_announce"] as const;
    const devices = ["e0", "e1", "all"];
    const value = fc.constantFrom(0, 1, 2);
    const one: fc.Arbitrary<Sysctl> = fc.record({ file: fc.constantFrom(...files), device: fc.constantFrom(...devices), value });
    const declared = fc.record({
      settings: fc.uniqueArray(one, { selector: sysctlKey, maxLength: 6 }),
      rules: fc.array(ruleInput("inet"), { maxLength: 1 }),
    });
    const wantedOf = ({ settings, rules }: { settings: readonly Sysctl[]; rules: readonly Input[] }) => [
      ...settings.map((sysctl) => {
        const all = settings.find(({ file, device }) => file === sysctl.file && device === "all");
        return wantedSysctl(sysctl, all?.value);
      }),
      ...rules.map((rule) => wantedRule(ruleOf(rule))),
    ];
    const keys = files.flatMap((file) => devices.map((device) => sysctlKey({ file, device })));
    const standing = fc.tuple(...keys.map(() => fc.constantFrom(0, 0, 1, 2)));
    fc.assert(
      fc.property(standing, declared, declared, fc.option(one, { nil: undefined }), (stood, before, after, somebody) => {
        const kernel = new ModelKernel();
        for (const [index, key] of keys.entries()) kernel.set(key, stood[index] ?? 0);
        const first = restorable(kernel.state()).sysctls;
        // What could have no effect is refused; then nothing happens.
        tryOut(kernel, change("a", wantedOf(before)), restorable);
        if (somebody !== undefined) kernel.set(sysctlKey(somebody), somebody.value);
        tryOut(kernel, change("a", wantedOf(after)), restorable);
        assert.ok(tryOut(kernel, change("a", []), restorable));
        const changed = somebody === undefined ? [] : [sysctlKey(somebody)];
        for (const [key, was] of first) if (!changed.includes(key)) assert.equal(kernel.state().sysctls.get(key), was, key);
        assert.equal(kernel.state().register.entries.size, 0);
      }),
      { numRuns: runs(1000) },
    );
  });

  it("what goes is deleted, and only by its own owner", () => {
    fc.assert(
      fc.property(family.chain(ruleInput), family.chain(routeInput), (rule, route) => {
        const kernel = new ModelKernel();
        assert.ok(tryOut(kernel, change("a", [wantedRule(ruleOf(rule)), wantedRoute(routeOf(route))]), restorable));
        const full = restorable(kernel.state());
        assert.ok(tryOut(kernel, change("b", []), restorable));
        assert.deepEqual(restorable(kernel.state()), full);
        assert.ok(tryOut(kernel, change("a", []), restorable));
        assert.deepEqual(restorable(kernel.state()), restorable(emptyState));
        assert.equal(kernel.state().register.entries.size, 0);
      }),
    );
  });
});

describe("rules of one stack that change places", function () {
  this.timeout(120_000);
  const ids = ["a", "b", "c", "d"];
  const priorities = [1000, 1001, 1002, 1003, 1004];
  /** Who stands where; undefined: not at all. */
  const places = fc
    .shuffledSubarray(priorities, { minLength: ids.length })
    .chain((shuffled) => fc.tuple(...ids.map((_id, index) => fc.option(fc.constant(shuffled[index]), { nil: undefined, freq: 5 }))));
  const order = fc.shuffledSubarray(ids, { minLength: ids.length });
  const ruleAt = (index: number, priority: number): Rule =>
    ruleOf({ family: "inet", priority, from: `198.18.${index}.0/24`, table: 100 + index });
  const contentOf = ({ rule: { from, table } }: { rule: Rule }): string => `${from} ${table}`;

  it("are all there in the end, and those that stay are there at every moment, in whatever order they are changed", () => {
    fc.assert(
      fc.property(
        places,
        places,
        fc.option(places, { nil: undefined }),
        order,
        fc.subarray(ids),
        (before, after, later, sequence, failing) => {
          const kernel = new ModelKernel();
          const changeTo = (id: string, all: readonly (number | undefined)[]): Change => {
            const index = ids.indexOf(id);
            const priority = all[index];
            return change(id, priority === undefined ? [] : [wantedRule(ruleAt(index, priority))]);
          };
          const carryOut = (id: string, all: readonly (number | undefined)[], watch?: (state: State) => void): void => {
            const { steps, register } = plan(changeTo(id, all), kernel.state());
            assert.ok(kernel.change(steps, watch));
            kernel.register(register);
          };
          const watched = ids.filter((_id, index) => before[index] !== undefined && after[index] !== undefined);
          const contents = watched.map((id) => contentOf({ rule: ruleAt(ids.indexOf(id), 1000) }));
          const watch = (state: State): void => {
            const there = state.rules.map(contentOf);
            assert.deepEqual(
              contents.filter((content) => !there.includes(content)),
              [],
              "missing in between",
            );
          };
          for (const id of ids) carryOut(id, before);
          // Some resources fail the first time; then the program goes on, or back to what it was.
          for (const id of sequence.filter((one) => !failing.includes(one))) carryOut(id, after, failing.length === 0 ? watch : undefined);
          const last = failing.length === 0 ? after : (later ?? before);
          for (const id of sequence) carryOut(id, last);
          const wanted = ids.flatMap((_id, index) => (last[index] === undefined ? [] : [ruleAt(index, last[index])]));
          assert.deepEqual(
            kernel.state().rules,
            wanted.sort((a, b) => a.priority - b.priority).map((rule) => ({ rule, protocol: tags.owner, unread: [] })),
          );
          assert.deepEqual([...kernel.state().register.entries.keys()].sort(), wanted.map(ruleKey).sort());
          for (const id of ids) assert.deepEqual(plan(changeTo(id, last), kernel.state()).steps, []);
        },
      ),
      { numRuns: runs(500) },
    );
  });

  it("are at every moment all there when one change moves them, and every prefix is undone", () => {
    fc.assert(
      fc.property(places, places, fc.subarray(ids), (before, after, changed) => {
        const kernel = new ModelKernel();
        const wantedAt = (all: readonly (number | undefined)[], tableOf: (id: string, index: number) => number) =>
          ids.flatMap((id, index) => {
            const priority = all[index];
            return priority === undefined ? [] : [wantedRule({ ...ruleAt(index, priority), table: tableOf(id, index) })];
          });
        assert.ok(
          tryOut(
            kernel,
            change(
              "all",
              wantedAt(before, (_id, index) => 100 + index),
            ),
            restorable,
          ),
        );
        // Some change their content as well: of those either the old or the new is there.
        const next = change(
          "all",
          wantedAt(after, (id, index) => (changed.includes(id) ? 200 : 100) + index),
        );
        const staying = ids.filter((_id, index) => before[index] !== undefined && after[index] !== undefined);
        const copy = new ModelKernel(kernel);
        assert.ok(
          copy.change(plan(next, copy.state()).steps, (state) => {
            const there = state.rules.map(({ rule }) => rule.from);
            const missing = staying.filter((id) => !there.includes(`198.18.${ids.indexOf(id)}.0/24`));
            assert.deepEqual(missing, [], "missing in between");
          }),
        );
        assert.ok(tryOut(kernel, next, restorable));
      }),
      { numRuns: runs(500) },
    );
  });
});
