import assert from "node:assert/strict";
import fc from "fast-check";
import type { AttributeTable, Field, IpObject } from "../../provider/src/declaration/attribute";
import { connectionFields } from "../../provider/src/declaration/connection";
import type { Family } from "../../provider/src/declaration/family";
import { nexthopAttributes } from "../../provider/src/declaration/nexthop/attributes";
import { routeAttributes } from "../../provider/src/declaration/route/attributes";
import { ruleAttributes } from "../../provider/src/declaration/rule/rule";
import { unknownValue } from "../../provider/src/declaration/unknown";
import { isPolicyRoutingError } from "../../provider/src/errors";
import { stepsText } from "../../provider/src/host/wire/frames";
import { parseIpJson } from "../../provider/src/kernel/observed/ipJson";
import { parseNames, parseRoutes, parseRules } from "../../provider/src/kernel/observed/parse";
import { emptyState, type State } from "../../provider/src/kernel/observed/state";
import type { Change, Wanted } from "../../provider/src/kernel/plan/change";
import { plan } from "../../provider/src/kernel/plan/plan";
import { printLine } from "../../provider/src/kernel/plan/register";
import type { Step } from "../../provider/src/kernel/plan/step";
import { kinds } from "../../provider/src/runtime/kinds";
import { parseNexthops, parseNexthopUsers, parseRegister } from "../unit/kernel/atOnce";
import { change, family, runs } from "./subjects";

/** Text that would be more than one word, more than one line, or a command. */
const nasty = fc.constantFrom(
  "e0\nrule del pref 1",
  "1000\n",
  "100 table 7",
  "10.0.0.0/8; reboot",
  "$(reboot)",
  "`reboot`",
  "END_OF_LINES",
  "END_OF_UNDO\nrm -rf /",
  "'; reboot; '",
  "-batch /etc/shadow",
  "eth#1",
  "\u0000",
  "\u001b[2J",
  "__proto__",
  "constructor",
  "toString",
  "0x",
  "::/0 dev lo",
  "ip id 1\ndst 10.0.0.1",
  "seg6 mode encap segs fd00::a via fd00::1",
  "٣",
  "１００",
);
const text = fc.oneof(fc.string({ unit: "binary" }), fc.string(), nasty);
const junk = fc.oneof(
  text,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.constant(unknownValue),
  fc.constantFrom(4294967296, -1, 0.5, Number.MAX_SAFE_INTEGER, Number.NaN),
  fc.anything({ maxDepth: 3, withNullPrototype: true, values: [text, fc.integer(), fc.constant(unknownValue)] }),
);

/** A word of a step: nothing but letters, digits and what addresses and names need. */
const harmless = /^[A-Za-z0-9_.\-+@=~^,:/]*$/;

/** The lines of a step, as words. */
function linesOf(step: Step): (readonly string[])[] {
  if (step.on === "ip") return [step.words, ...(step.onlyIf === undefined ? [] : [step.onlyIf.words])];
  if (step.on === "setting") return [[step.file, step.device, String(step.value)]];
  const { tableId, written } = step;
  return [[String(tableId), ...(written === undefined ? [] : [written.name, written.owner.id, written.owner.stack])]];
}

/** Every line that a host would run is a step, and every step is one line of harmless words. */
function assertHarmless(steps: readonly Step[]): void {
  const known = steps.flatMap(linesOf);
  for (const word of known.flat().flatMap((one) => one.split(" "))) assert.match(word, harmless);
  // Harmless words hold no quote: a word in quotes ends at the next one, which must end its line.
  const words = /^(batch [46N] [0-9]+) '([^']*)'$/gm;
  const lines = stepsText(steps, "change").replace(words, "$1 <<'END_OF_LINES'\n$2\nEND_OF_LINES").split("\n");
  const own =
    /^(?:(?:if )?(?:batch|name_table|unname_table|shown|write_sysctl) [^\n]*<<'END_OF_LINES'|\[ -n "\$failed" \] \|\| at=[0-9]+|END_OF_LINES|then|fi|)$/;
  const texts = new Set(known.map((words) => words.join(" ")));
  assert.deepEqual(
    lines.filter((line) => !own.test(line) && !texts.has(line)),
    [],
  );
}

function assertPlanHarmless(wanted: Change, state: State): void {
  try {
    const { steps, undo, register } = plan(wanted, state);
    assertHarmless(steps);
    assertHarmless(undo);
    for (const line of register.map(printLine)) assert.match(line, /^[^\n\r\0]*$/);
  } catch (error) {
    if (!isPolicyRoutingError(error) || error.kind === "bug") throw error;
  }
}

/** Some fields that are right, so that the others are looked at too. */
const right: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  PolicyRule: { priority: 1000, family: "inet", table: 100 },
  PolicyRoute: { family: "inet", destination: "10.0.0.0/8", dev: "e0", table: 100 },
  NextHop: { nhid: 5, dev: "e0" },
  RoutingTable: { tableId: 100, name: "rt2" },
};

const secretNames = Object.entries<Field>(connectionFields).flatMap(([name, { secret }]) => (secret === true ? [name] : []));

const through = (list: unknown) => parseIpJson(JSON.stringify(list), "an answer");

describe("hostile input", () => {
  for (const kind of kinds) {
    const names = [...kind.entryFields, "connection", "adopt", "guard"];
    const inputs = fc
      .tuple(
        fc.subarray(Object.entries(right[kind.name] ?? {})),
        fc.array(fc.tuple(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: text }), junk), {
          maxLength: 6,
        }),
      )
      .map(([some, rest]): Record<string, unknown> => Object.fromEntries([...some, ...rest]));

    it(`of a ${kind.name}: the check ends with reasons; what it lets through is harmless words`, () => {
      let passed = 0;
      fc.assert(
        fc.property(inputs, (input) => {
          const { inputs: canonical, failures } = kind.check({ connection: { host: "h" }, owner: { stack: "o/p/s" }, ...input });
          for (const failure of failures) assert.equal(typeof failure, "string");
          const again = kind.check(canonical);
          if (failures.length > 0) return;
          assert.deepEqual(again, { inputs: canonical, failures: [] });
          if (JSON.stringify(canonical).includes(unknownValue)) return;
          passed++;
          assertPlanHarmless(change("a", kind.declared(canonical).wanted), emptyState);
        }),
        { numRuns: runs(3000) },
      );
      assert.ok(passed > 0);
    });

    it(`of a ${kind.name}: a secret that is wrong is not in the reasons`, () => {
      const secret = "correct-horse-battery-staple";
      const reasons = (connection: unknown) => kind.check({ connection, owner: { stack: "o/p/s" }, ...right[kind.name] }).failures;
      for (const name of secretNames)
        for (const value of [secret, { deep: secret }, [secret], { [name]: secret }, `${secret}\n`, [{ [name]: secret }]])
          for (const connection of [
            value,
            { host: "h", [name]: value },
            { host: "h", proxy: value },
            { host: "h", proxy: { [name]: value } },
          ])
            for (const failure of reasons(connection)) assert.ok(!failure.includes(secret), failure);
    });
  }

  /** What a host might answer: our readers' own keys with anything behind them. */
  const jsonOf = (table: AttributeTable): fc.Arbitrary<IpObject> => {
    const keys = [...new Set(Object.values(table).flatMap(({ json }) => json.map((key) => key.split(".")[0] ?? key)))];
    const value = fc.oneof(
      text,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.jsonValue({ maxDepth: 3 }),
      fc.constant({ toString: 0 }),
      fc.constantFrom("e0", "10.0.0.1", "100", 100),
    );
    return fc
      .array(
        fc.tuple(
          fc.oneof(
            { weight: 12, arbitrary: fc.constantFrom(...keys, "priority", "protocol", "metrics", "nexthops", "encap", "via") },
            { weight: 1, arbitrary: text },
          ),
          value,
        ),
        {
          maxLength: 8,
        },
      )
      .map((entries) => Object.fromEntries(entries));
  };
  const listOf = (table: AttributeTable) => fc.array(jsonOf(table), { maxLength: 4 });

  /** Wanted at every key that was seen, by adoption: then what was seen goes into the undo. */
  const wantedFrom = (state: State): Wanted[] =>
    kinds.flatMap((kind) => {
      const objects: Record<string, unknown>[] = [
        ...(kind.name === "PolicyRule"
          ? state.rules.map(({ rule: { family: of, priority } }) => ({ family: of, priority, table: 7 }))
          : []),
        ...(kind.name === "PolicyRoute"
          ? state.routes.map(({ route: { family: of, destination, from, tos, metric, table } }) => ({
              family: of,
              destination,
              from,
              tos,
              metric,
              table,
              type: "blackhole",
            }))
          : []),
        ...(kind.name === "NextHop" ? state.nexthops.map(({ nexthop: { nhid } }) => ({ nhid, blackhole: true })) : []),
      ];
      return objects.flatMap((object) => {
        const { inputs, failures } = kind.check({ connection: { host: "h" }, owner: { stack: "o/p/s" }, ...object });
        return failures.length > 0 ? [] : [...kind.declared(inputs).wanted];
      });
    });

  it("from a host: its answers are read without a crash, and what goes back to it is harmless words", () => {
    fc.assert(
      fc.property(
        fc.record({
          of: family,
          rules: listOf(ruleAttributes),
          routes: listOf(routeAttributes),
          nexthops: listOf(nexthopAttributes),
          users: text,
          names: text,
          register: text,
          locks: fc.array(text, { maxLength: 2 }),
        }),
        ({ of, rules, routes, nexthops, users, names, register, locks }) => {
          const state: State = {
            ...emptyState,
            rules: parseRules(through(rules), of),
            routes: parseRoutes(through(routes), of, 100, locks),
            nexthops: parseNexthops(through(nexthops), through(nexthops)),
            nexthopUsers: parseNexthopUsers(users, of),
            names: parseNames(names),
            register: parseRegister(register),
          };
          for (const wanted of wantedFrom(state)) assertPlanHarmless({ ...change("a", [wanted]), adopt: true }, state);
          assertPlanHarmless(change("a", []), state);
        },
      ),
      { numRuns: runs(3000) },
    );
  });

  it("from a host: an object where a word is due is no word, and a word that every object has means nothing", () => {
    for (const value of [{ toString: 0 }, [{ toString: 0 }], "constructor", "__proto__"])
      for (const [table, parse] of [
        [ruleAttributes, parseRules],
        [routeAttributes, (objects: readonly IpObject[], of: Family) => parseRoutes(objects, of, 100, ["10.0.0.0/8 mtu lock 1400 "])],
      ] as const)
        for (const key of Object.values<AttributeTable[string]>(table).flatMap(({ json }) => json))
          for (const of of ["inet", "inet6"] as const) {
            const [seen] = parse(through([{ [key]: value }]), of);
            assert.ok(!JSON.stringify(seen, (_, one: unknown) => (typeof one === "function" ? "CODE" : one)).includes("CODE"), key);
          }
  });

  it("from a host: a device's name that would end its line of `ip -batch` is not understood, so it never goes back", () => {
    const [rule] = parseRules(through([{ priority: 5, src: "all", iif: "eth#1", table: "7" }]), "inet");
    const [route] = parseRoutes(through([{ dst: "default", dev: "eth#1" }]), "inet", 7, []);
    assert.deepEqual([rule?.unread, route?.unread], [["iif"], ["dev"]]);
  });

  it("from a host: text that is no JSON is an error of its own, never an empty answer", () => {
    fc.assert(
      fc.property(text, (answer) => {
        try {
          const objects = parseIpJson(answer, "an answer");
          assert.ok(answer.trim() === "" || answer.includes("["), answer);
          assert.ok(Array.isArray(objects));
        } catch (error) {
          assert.ok(isPolicyRoutingError(error) && error.kind === "protocol", String(error));
        }
      }),
      { numRuns: runs(3000) },
    );
  });
});
