import assert from "node:assert/strict";
import fc from "fast-check";
import type { Family } from "../../provider/src/declaration/family";
import type { Flow } from "../../provider/src/declaration/flow";
import type { Route } from "../../provider/src/declaration/route/route";
import type { Rule } from "../../provider/src/declaration/rule/rule";
import { lookup } from "../../provider/src/kernel/lookup/lookup";
import { networkOf } from "../../provider/src/kernel/lookup/network";
import { printVerdict, sameWay } from "../../provider/src/kernel/lookup/verdict";
import { emptyState } from "../../provider/src/kernel/observed/state";
import { ruleInput, ruleOf, runs, sensible } from "./subjects";

const tables: readonly Route["table"][] = ["main", 100, 101];
const away: Readonly<Record<Family, readonly [string, string]>> = {
  inet: ["198.18.1.9", "198.18.1.77"],
  inet6: ["2001:db8:1::9", "2001:db8:1::7"],
};

/** Each table has another gateway, except that table 101 may be empty. */
const routesOf = (family: Family, count: number) =>
  tables.slice(0, count).map((table, index) => ({
    route: {
      family,
      table,
      destination: "default",
      via: family === "inet" ? `198.18.1.${index + 1}` : `2001:db8:1::${index + 1}`,
      dev: "e0",
    },
    protocol: 214,
    unread: [],
  }));

const flow = (family: Family): fc.Arbitrary<Flow> =>
  fc.record({
    family: fc.constant(family),
    to: fc.constantFrom(...away[family]),
    from: fc.constantFrom(undefined, ...away[family]),
    iif: fc.constantFrom(undefined, "e1"),
    mark: fc.constantFrom(0, 1, 2),
    uid: fc.constantFrom(0, 1000),
    ipproto: fc.constantFrom(6, 17),
    sport: fc.constant({ from: 443, to: 443 }),
    dport: fc.constant({ from: 80, to: 80 }),
    tos: fc.constantFrom([0], [0x10]),
    flowlabel: fc.constant(7),
  });

const actions = ["table", "goto", "action", "suppressPrefixlength"];
const selectors = ["not", "from", "to", "fwmark", "tos", "uidrange", "ipproto", "dport"];

/** With one selector at most: of many, hardly ever all fit a packet. */
const rule = (family: Family): fc.Arbitrary<Rule> =>
  fc
    .tuple(ruleInput(family, fc.integer({ min: 1000, max: 1003 })), fc.subarray(selectors, { maxLength: 1 }))
    .map(([input, kept]) =>
      ruleOf(
        sensible(Object.fromEntries(Object.entries(input).filter(([name]) => ["priority", "family", ...actions, ...kept].includes(name)))),
      ),
    );

const subject = fc
  .constantFrom<Family[]>("inet", "inet6")
  .chain((family) =>
    fc.tuple(rule(family), rule(family), fc.array(rule(family), { maxLength: 4 }), flow(family), fc.integer({ min: 1, max: 3 })),
  );

describe("a rule that is exchanged", () => {
  it("lets each packet fare as before or as after at every step: the old one first, then the new one under the staging tag", () => {
    fc.assert(
      fc.property(subject, ([old, drawn, drawnOthers, packet, tablesFilled]) => {
        const exchanged: Rule = { ...drawn, priority: old.priority };
        const others = drawnOthers.filter(({ priority }) => priority !== old.priority);
        // Where a jump would lead backwards, the kernel refuses the rule.
        fc.pre([exchanged, ...others].every(({ goto, priority }) => goto === undefined || goto > priority));
        const verdict = (...here: Rule[]) => {
          const rules = [...others, ...here, { family: packet.family, priority: 32766, table: "main" as const }];
          return lookup(
            networkOf({
              ...emptyState,
              rules: rules.map((rule) => ({ rule, protocol: 214, unread: [] })),
              routes: routesOf(packet.family, tablesFilled),
            }),
            packet,
          );
        };
        const [before, after] = [verdict(old), verdict(exchanged)];
        for (const between of [verdict(old, exchanged), verdict(exchanged), verdict(exchanged, exchanged)])
          assert.ok(
            [before, after].some((end) => sameWay(end, between)),
            `before ${printVerdict(before)}, in between ${printVerdict(between)}, after ${printVerdict(after)}`,
          );
      }),
      { numRuns: runs(2000) },
    );
  });
});
