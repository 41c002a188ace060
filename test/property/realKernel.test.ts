import assert from "node:assert/strict";
import fc from "fast-check";
import { type Family, families } from "../../provider/src/declaration/family";
import { routeKey } from "../../provider/src/declaration/key";
import { tagsOf } from "../../provider/src/declaration/owner";
import { registerKey } from "../../provider/src/declaration/registerKey";
import { routeAttributes } from "../../provider/src/declaration/route/attributes";
import { type Rule, ruleAttributes } from "../../provider/src/declaration/rule/rule";
import { rulesIn } from "../../provider/src/declaration/rule/ruleSet";
import { isPolicyRoutingError } from "../../provider/src/errors";
import type { Section } from "../../provider/src/host/wire/answer";
import { stepsText } from "../../provider/src/host/wire/frames";
import { parseIpJson } from "../../provider/src/kernel/observed/ipJson";
import { parseRoutes, parseRules } from "../../provider/src/kernel/observed/parse";
import { emptyState, givenRule, type State } from "../../provider/src/kernel/observed/state";
import type { Change } from "../../provider/src/kernel/plan/change";
import { isBefore, needsOf } from "../../provider/src/kernel/plan/gate";
import { type ChangePlan, deviations, plan } from "../../provider/src/kernel/plan/plan";
import { emptyRegister, ownLine, type Register } from "../../provider/src/kernel/plan/register";
import { channelOf, commandOf, type Step } from "../../provider/src/kernel/plan/step";
import { wantedRoute } from "../../provider/src/kernel/route/route";
import { describe as describeRule, wantedRule } from "../../provider/src/kernel/rule/rule";
import { wordsOf } from "../../provider/src/kernel/words";
import { thisMachine as versions } from "../lab/place";
import { parseRegister } from "../unit/kernel/atOnce";
import { KernelNamespace } from "./kernelNamespace";
import {
  change,
  family,
  hops,
  type Input,
  nearRoute,
  registerOf,
  routeInput,
  routeOf,
  routeUpdate,
  ruleInput,
  ruleOf,
  ruleSetOf,
  ruleUpdate,
  runs,
  setUpdate,
  stack,
  tags,
  twinRules,
  wholeRouteUpdate,
} from "./subjects";
import { addGiven } from "./tryOut";

const foreignProto = 4;
const tables = [100, 101];

type Kind = "rules" | "routes";
/** What `ip` shows of one family: the whole of what the cases touch. */
const show = (of: Family, kind: Kind): string[] =>
  (kind === "rules" ? ["rule show"] : tables.map((table) => `route show table ${table}`)).map(
    (what) => `say seen; ip -${channelOf(of)} -j -N -d ${what} 2>/dev/null`,
  );

/** What each call of `show` saw, its parts joined by newlines. Of a table that does not exist, `ip` prints half a list. */
function readings(sections: readonly Section[], kind: Kind): string[] {
  const texts = sections.flatMap(({ name, text }) => (name === "seen" ? [text.trim().replace(/^\[?$/, "[]")] : []));
  const parts = kind === "rules" ? 1 : tables.length;
  return Array.from({ length: texts.length / parts }, (_, index) => texts.slice(index * parts, (index + 1) * parts).join("\n"));
}

function stateOf(reading: string, of: Family, kind: Kind, register: Register): State {
  const parts = reading.split("\n").map((json) => parseIpJson(json, kind));
  return kind === "rules"
    ? { ...emptyState, rules: parts.flatMap((part) => parseRules(part, of)), register }
    : { ...emptyState, routes: parts.flatMap((part, index) => parseRoutes(part, of, tables[index] ?? 0)), register };
}

const batch = (of: Family, lines: readonly string[]): string => `batch_undo ${channelOf(of)} <<'END'\n${lines.join("\n")}\nEND`;
const cleared = (of: Family): string =>
  batch(of, [...Array.from({ length: 8 }, () => "rule del pref 1000"), ...tables.map((table) => `route flush table ${table}`)]);
const addRule = (rule: Rule, proto: number): string => `rule add ${wordsOf(ruleAttributes, rule).join(" ")} proto ${proto}`;
const addRoute = (input: Input, proto: number): string => `route add ${wordsOf(routeAttributes, routeOf(input)).join(" ")} proto ${proto}`;

/** The steps as the host runs them. */
const apply = (steps: readonly Step[]): string => `change\n${stepsText(steps, "change")}\n[ -z "$failed" ] || say "refused $failed"`;

interface Case {
  readonly family: Family;
  readonly kind: Kind;
  /** `ip -batch` lines that make the state before. */
  readonly setUp: readonly string[];
  readonly register: Register;
  readonly change: Change;
}

interface Outcome {
  readonly plan: ChangePlan;
  readonly before: string;
  readonly after: string;
}

/** Every prefix of the steps, each undone twice, and then the whole. Undefined when the plan was refused before anything was done. */
async function tryOut(kernel: KernelNamespace, one: Case, comparable: (reading: string) => unknown): Promise<Outcome | undefined> {
  const { family: of, kind } = one;
  const look = show(of, kind);
  const [before] = readings(await kernel.run([cleared(of), batch(of, one.setUp), ...look].join("\n")), kind);
  assert.ok(before);
  const planned = planOf(one.change, stateOf(before, of, kind, one.register));
  if (planned === undefined) return undefined;
  const { steps, undo } = planned;
  const told = `steps:\n${steps.map(commandOf).join("\n")}\nundo:\n${undo.map(commandOf).join("\n")}\nbefore:\n${before}`;
  const undoTwice = [stepsText(undo, "undo"), ...look, stepsText(undo, "undo"), ...look];
  const prefixes = Array.from({ length: steps.length + 1 }, (_, count) => steps.slice(0, count));
  const text = [...prefixes.flatMap((prefix) => [apply(prefix), ...undoTwice]), apply(steps), ...look].join("\n");
  const sections = await kernel.run(text);
  const refused = sections.filter(({ name }) => name.startsWith("refused"));
  assert.deepEqual(refused, [], `cannot be applied\n${told}`);
  const seen = readings(sections, kind);
  const after = seen.pop();
  assert.ok(after);
  assert.equal(seen.length, 2 * prefixes.length);
  for (const [index, reading] of seen.entries())
    assert.deepEqual(comparable(reading), comparable(before), `wrong undo after ${Math.floor(index / 2)} steps\n${told}`);
  assert.deepEqual(deviations(planned, stateOf(after, of, kind, one.register)), [], told);
  return { plan: planned, before, after };
}

function planOf(wanted: Change, state: State): ChangePlan | undefined {
  try {
    return plan(wanted, state);
  } catch (error) {
    if (isPolicyRoutingError(error) && error.kind === "conflict") return undefined;
    throw error;
  }
}

const exactly = (reading: string): string => reading;
const objects = (reading: string): string[] =>
  reading.split("\n").flatMap((json) => parseIpJson(json, "a reading").map((object) => JSON.stringify(object)));
/** Without regard to the order among foreign rules of one priority: what is adopted and given back stands last. */
const anyOrder = (reading: string): string[] => objects(reading).sort();
const foreignOf = (reading: string): string[] => objects(reading).filter((object) => !/"protocol":"21[45]"/.test(object));

/** What this machine's `ip` and kernel know. */
function isKnown(input: Input): boolean {
  return needsOf(ruleAttributes, ruleOf(input)).every(
    (need) => !isBefore(versions.iproute2, need.iproute2) && !isBefore(versions.kernel, need.kernel),
  );
}
const isKnownSet = ({ from: _from, to: _to, ...rest }: Input): boolean => isKnown(rest);
const knownRule = (of: Family): fc.Arbitrary<Input> => ruleInput(of).filter(isKnown);
const knownUpdate = (of: Family): fc.Arbitrary<[Input, Input]> => ruleUpdate(of).filter((inputs) => inputs.every(isKnown));
const foreignRule = (of: Family): fc.Arbitrary<[Input, number]> => fc.tuple(knownRule(of), fc.constantFrom(foreignProto, 0));
/** Two rules that differ in one field: for the kernel, one is often a pattern that the other matches. */
const nearRules = (of: Family): fc.Arbitrary<[Input, number][]> =>
  fc.tuple(knownUpdate(of), fc.constantFrom(foreignProto, 0), fc.constantFrom(foreignProto, 0)).map(([[a, b], one, other]) => [
    [a, one],
    [b, other],
  ]);

describe("the real kernel", function () {
  this.timeout(600_000);
  let kernel: KernelNamespace;
  before(function () {
    if (process.getuid?.() !== 0) {
      console.log("      skipped: network namespaces are root's");
      this.skip();
    }
    kernel = new KernelNamespace();
  });
  after(() => kernel?.close());

  it("takes every one-field update of a rule at its priority, and its undo after every prefix, twice", async () => {
    await fc.assert(
      fc.asyncProperty(
        family.chain((of) => fc.tuple(fc.constant(of), knownUpdate(of))),
        async ([of, [old, wanted]]) => {
          await tryOut(
            kernel,
            {
              family: of,
              kind: "rules",
              setUp: [addRule(ruleOf(old), tags.owner)],
              register: registerOf({ [`rule ${of} 1000`]: "a" }),
              change: change("a", [wantedRule(ruleOf(wanted))]),
            },
            exactly,
          );
        },
      ),
      { numRuns: runs(150) },
    );
  });

  it("takes every change of a set of rules beside foreign twins, which stay, and its undo after every prefix, twice", async () => {
    const setting = family.chain((of) =>
      fc.record({
        of: fc.constant(of),
        update: setUpdate(of).filter(([old, wanted]) => isKnownSet(old) && isKnownSet(wanted)),
        twins: fc.array(fc.tuple(fc.nat(8), fc.constantFrom(foreignProto, 0)), { maxLength: 2 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(setting, async ({ of, update: [old, wanted], twins }) => {
        const [before, after] = [rulesIn(ruleSetOf(old)), rulesIn(ruleSetOf(wanted))];
        const there = [...before, ...after];
        const outcome = await tryOut(
          kernel,
          {
            family: of,
            kind: "rules",
            setUp: [
              ...before.map((rule) => addRule(rule, tags.owner)),
              ...twins.map(([index, proto]) => addRule(there[index % there.length] ?? assert.fail(), proto)),
            ],
            register: registerOf({ [`rule ${of} 1000`]: "a" }),
            change: change("a", [wantedRule(ruleSetOf(wanted))]),
          },
          anyOrder,
        );
        assert.ok(outcome);
        assert.deepEqual(foreignOf(outcome.after), foreignOf(outcome.before));
      }),
      { numRuns: runs(30) },
    );
  });

  it("takes over its own rule under another tag, beside that of another stack, and its undo after every prefix, twice", async () => {
    const owners = fc.constantFrom([214, 220], [220, 214], [215, 214], [213, 214], [215, 220] as const);
    await fc.assert(
      fc.asyncProperty(
        family.chain((of) => fc.tuple(fc.constant(of), knownUpdate(of), knownRule(of))),
        owners,
        fc.boolean(),
        async ([of, [old, wanted], other], [from = 0, to = 0], now) => {
          const key = `rule ${of} 1000`;
          const lines = [
            ownLine(registerKey(key, 230), { id: "z", stack: "other" }),
            ownLine(now ? registerKey(key, from) : key, { id: "a", stack }),
          ];
          const outcome = await tryOut(
            kernel,
            {
              family: of,
              kind: "rules",
              setUp: [addRule(ruleOf(other), 230), addRule(ruleOf(old), from)],
              register: parseRegister(lines.join("\n")),
              change: change("a", [wantedRule(ruleOf(wanted))], { tags: tagsOf(to), former: tagsOf(from) }),
            },
            anyOrder,
          );
          if (outcome === undefined) return; // the other one says the same
          const protocols = parseRules(parseIpJson(outcome.after, "rules"), of).flatMap(({ rule, protocol }) =>
            rule.priority === 1000 ? [protocol] : [],
          );
          assert.deepEqual(protocols, [230, to]);
        },
      ),
      { numRuns: runs(40) },
    );
  });

  it("takes any rule beside foreign ones and leftovers, adopting or not, and leaves the others as they are", async () => {
    const setting = family.chain((of) =>
      fc.record({
        of: fc.constant(of),
        foreign: fc.oneof(fc.array(foreignRule(of), { maxLength: 1 }), nearRules(of)),
        ours: fc.option(knownRule(of), { nil: undefined, freq: 1 }),
        staged: fc.option(knownRule(of), { nil: undefined, freq: 3 }),
        wanted: knownRule(of),
        twin: fc.option(fc.nat(1), { nil: undefined }),
        owner: fc.constantFrom("a", "b"),
        adopt: fc.boolean(),
      }),
    );
    await fc.assert(
      fc.asyncProperty(setting, async ({ of, foreign, ours, staged, wanted, twin, owner, adopt }) => {
        const target = ruleOf((twin === undefined ? undefined : foreign[twin]?.[0]) ?? wanted);
        const outcome = await tryOut(
          kernel,
          {
            family: of,
            kind: "rules",
            setUp: [
              ...foreign.map(([input, proto]) => addGiven(input, proto).words.join(" ")),
              ...(staged === undefined ? [] : [addRule(ruleOf(staged), tags.staging)]),
              ...(ours === undefined ? [] : [addRule(ruleOf(ours), tags.owner)]),
            ],
            register: ours === undefined ? emptyRegister : registerOf({ [`rule ${of} 1000`]: owner }),
            change: change("a", [wantedRule(target)], { adopt }),
          },
          foreign.length > 1 ? anyOrder : exactly,
        );
        if (outcome === undefined) return;
        const kept = foreignOf(outcome.after);
        const had = foreignOf(outcome.before);
        assert.deepEqual(
          kept,
          had.filter((object) => kept.includes(object)),
          "the others keep their order",
        );
        const lost = had.filter((object) => !kept.includes(object));
        const named = parseRules(parseIpJson(`[${lost.join()}]`, "rules"), of).map(
          (one) => `took over ${describeRule(givenRule(one))} (proto ${one.protocol})`,
        );
        assert.deepEqual(
          named,
          outcome.plan.notes.map(({ did }) => did).filter((did) => did.startsWith("took over ")),
          outcome.plan.steps.map(commandOf).join("\n"),
        );
      }),
      { numRuns: runs(70) },
    );
  });

  it("takes a rule that stands there several times under foreign tags over whole, and gives it back in its order", async () => {
    await fc.assert(
      fc.asyncProperty(
        family.chain(twinRules).filter(({ input, other }) => isKnown(input) && (other === undefined || isKnown(other))),
        async ({ of, input, twins, place, other, adopt }) => {
          const lines = twins.map(([from, proto]) => addGiven({ ...input, from }, proto).words.join(" "));
          if (place !== undefined) lines.splice(place, 0, addRule(ruleOf(input), tags.owner));
          const rule = ruleOf(place === undefined ? input : (other ?? input));
          const outcome = await tryOut(
            kernel,
            {
              family: of,
              kind: "rules",
              setUp: lines,
              register: place === undefined ? emptyRegister : registerOf({ [`rule ${of} 1000`]: "a" }),
              change: change("a", [wantedRule(rule)], { adopt }),
            },
            adopt ? exactly : anyOrder,
          );
          if (outcome === undefined) return;
          const foreign = (reading: string) => foreignOf(reading).filter((object) => object.includes('"priority":1000'));
          assert.deepEqual(foreign(outcome.after), adopt ? [] : foreign(outcome.before));
        },
      ),
      { numRuns: runs(60) },
    );
  });

  it("takes every update of a route, and its undo after every prefix, twice, beside its neighbours", async () => {
    const setting = family
      .chain((of) => fc.tuple(fc.constant(of), fc.oneof(routeUpdate(of), wholeRouteUpdate(of))))
      .chain(([of, update]) =>
        fc.record({
          of: fc.constant(of),
          neighbours: fc.array(fc.tuple(fc.oneof(routeInput(of), nearRoute(of, update[1])), fc.constantFrom(foreignProto, tags.owner)), {
            maxLength: 4,
          }),
          update: fc.constant(update),
          present: fc.boolean(),
          adopt: fc.boolean(),
        }),
      );
    await fc.assert(
      fc.asyncProperty(setting, async ({ of, neighbours, update: [old, wanted], present, adopt }) => {
        const outcome = await tryOut(
          kernel,
          {
            family: of,
            kind: "routes",
            setUp: [...(present ? [addRoute(old, tags.owner)] : []), ...neighbours.map(([input, proto]) => addRoute(input, proto))],
            register: present ? registerOf({ [routeKey(routeOf(old))]: "a" }) : emptyRegister,
            change: change("a", [wantedRoute(routeOf(wanted))], { adopt }),
          },
          exactly,
        );
        if (outcome === undefined || outcome.plan.notes.length > 0) return;
        assert.deepEqual(foreignOf(outcome.after), foreignOf(outcome.before));
      }),
      { numRuns: runs(100) },
    );
  });

  it("takes a route among others at its key, adopting or not, and its undo after every prefix, twice, in their order", async () => {
    const setting = family.chain((of) => {
      // An IPv6 route with a gateway becomes one with its neighbours.
      const hop = fc.constantFrom(...hops[of].filter(({ type, via }) => type === undefined && (of === "inet" || via === undefined)));
      return fc.record({
        of: fc.constant(of),
        others: fc.uniqueArray(fc.tuple(hop, fc.constantFrom(3, foreignProto, 18, 16, 0)), {
          selector: ([, proto]) => proto,
          maxLength: 3,
        }),
        place: fc.nat(3),
        ours: fc.option(hop, { nil: undefined, freq: 3 }),
        wanted: hop,
        metric: fc.constantFrom(undefined, 50),
        mtu: fc.constantFrom(undefined, 1400),
        adopt: fc.boolean(),
      });
    });
    let done = 0;
    await fc.assert(
      fc.asyncProperty(setting, async ({ of, others, place, ours, wanted, metric, mtu, adopt }) => {
        const at = { family: of, destination: "default", table: 100, metric };
        const append = (input: Input, proto: number): string => addRoute({ ...at, ...input }, proto).replace(" add ", " append ");
        const lines = others.map(([input, proto]) => append(input, proto));
        if (ours !== undefined) lines.splice(place, 0, append(ours, tags.owner));
        const route = routeOf({ ...at, ...wanted, mtu });
        const outcome = await tryOut(
          kernel,
          {
            family: of,
            kind: "routes",
            setUp: [addRoute({ ...at, metric: 70, dev: "e1" }, tags.owner), ...lines],
            register: ours === undefined ? emptyRegister : registerOf({ [routeKey(route)]: "a" }),
            change: change("a", [wantedRoute(route)], { adopt }),
          },
          exactly,
        );
        if (outcome === undefined) return;
        done++;
        if (!adopt) assert.deepEqual(foreignOf(outcome.after), foreignOf(outcome.before));
        const gone = foreignOf(outcome.before).length - foreignOf(outcome.after).length;
        assert.equal(outcome.plan.notes.filter(({ did }) => did.startsWith("took over ")).length, gone);
      }),
      { numRuns: runs(100) },
    );
    assert.ok(done > runs(100) / 4, `only ${done} were not refused`);
  });

  it("never is without a rule of ours during updates at one priority", async () => {
    const rules = families.flatMap((of) => fc.sample(knownRule(of), { numRuns: 20, seed: 1 }).map(ruleOf));
    for (const of of families) {
      const monitor = kernel.spawn("ip", `-${channelOf(of)}`, "-N", "monitor", "rule");
      let log = "";
      monitor.stdout?.setEncoding("utf8").on("data", (data: string) => {
        log += data;
      });
      try {
        await kernel.run(cleared(of));
        const until = async (pattern: RegExp): Promise<void> => {
          for (let tries = 0; !pattern.test(log); tries++) {
            assert.ok(tries < 500, `ip monitor does not show ${pattern}: ${log}`);
            await new Promise((resolve) => setTimeout(resolve, 10));
          }
        };
        for (let tries = 0; log === "" && tries < 200; tries++) await kernel.run(batch(of, ["rule add pref 5 table 5", "rule del pref 5"]));
        log = "";
        let expected = 0;
        for (const rule of rules.filter((one) => one.family === of)) {
          const [seen] = readings(await kernel.run(show(of, "rules").join("\n")), "rules");
          assert.ok(seen);
          const { steps } = plan(change("a", [wantedRule(rule)]), stateOf(seen, of, "rules", registerOf({ [`rule ${of} 1000`]: "a" })));
          assert.deepEqual(
            (await kernel.run(apply(steps))).filter(({ name }) => name.startsWith("refused")),
            [],
          );
          expected += steps.length;
        }
        await kernel.run(batch(of, ["rule add pref 7 table 7", "rule del pref 7"]));
        await until(/^Deleted 7:/m);
        let ours = 0;
        let events = 0;
        for (const [, deleted] of log.matchAll(/^(Deleted )?1000:.* proto 21[45]\b/gm)) {
          ours += deleted === undefined ? 1 : -1;
          events++;
          assert.ok(ours > 0, `no rule of ours after event ${events}:\n${log}`);
        }
        assert.equal(events, expected);
        assert.ok(expected > 20);
      } finally {
        monitor.kill();
      }
    }
  });
});
