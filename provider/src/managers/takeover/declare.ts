import { isDeepStrictEqual } from "node:util";
import { routeKey, ruleKey } from "../../declaration/key";
import type { Nexthop } from "../../declaration/nexthop/nexthop";
import type { Route } from "../../declaration/route/route";
import { priorities, type Rule } from "../../declaration/rule/rule";
import { type LiteralRules, setOf } from "../../declaration/rule/ruleSet";
import { describe as describeRoute } from "../../kernel/route/steps";
import { describe as describeRule } from "../../kernel/rule/steps";
import { isDeclarable, nexthopForm, routeForm, ruleForm } from "./canonicalForm";
import { moveInside, movesApart } from "./moves";
import { numbered } from "./numbering";
import { ownerOf, type Surroundings } from "./owners";
import { type Found, type Named, type Place, printPlace, type Said, type Told } from "./reading";
import { canonicalNames, declarable } from "./tableNames";

/** One entry that is declared, and where it comes from. */
export interface Taken<Kind> {
  readonly is: Kind;
  readonly places: readonly Place[];
}

/** What cannot be declared, and what helps. */
export interface Refused extends Told {
  readonly next?: string;
}

/** What a person declares of what was found, and what becomes of the rest. */
export interface Declared {
  readonly tables: readonly Named[];
  readonly nexthops: readonly Taken<Nexthop>[];
  readonly routes: readonly Taken<Route>[];
  /** Those of one priority that differ in their prefixes alone are one. */
  readonly rules: readonly Taken<LiteralRules>[];
  readonly leftOut: readonly Told[];
  readonly refused: readonly Refused[];
  readonly notes: readonly string[];
}

interface Options {
  readonly beside: Surroundings;
  /** Takes table main's default too, where its manager makes it by itself. */
  readonly main: boolean;
}

const managersDefault = "default of table main: its manager makes it at every boot, before ours; take it with --main";

/** Turns what was found into what is declared. Nothing is lost: each entry is declared, left out or refused. */
export function declare(found: Found, { beside, main }: Options): Declared {
  const names = canonicalNames(found.names);
  const managers = found.said.filter(({ isManagers }) => main && isManagers === true).map(({ place }) => printPlace(place));
  const leftOut: Told[] = found.leftOut.filter(({ place }) => !managers.includes(printPlace(place)));
  const refused: Refused[] = [...found.unclear];
  const notes: string[] = found.notes.map(({ place, what }) => `${printPlace(place)}: ${what}`);
  const rules: Taken<Rule>[] = [];
  const outside: Taken<Rule>[] = [];
  const routes: Taken<Route>[] = [];
  const nexthops: Taken<Nexthop>[] = [];
  const isTold = (place: Place): boolean => leftOut.some((one) => isDeepStrictEqual(one.place, place));

  for (const { kind, values, place, protocol, unread = [], isManagers } of numbered(found.said)) {
    // Its priority is judged behind its owner: the kernel's own rules stand where none can be declared.
    const isInside = kind !== "rule" || isDeclarable(values["priority"]);
    const form =
      kind === "rule"
        ? ruleForm(isInside ? values : { ...values, priority: 1, goto: undefined }, names)
        : kind === "route"
          ? routeForm(values, names)
          : nexthopForm(values);
    const is = "wrong" in form ? undefined : isInside ? form.is : { ...form.is, priority: Number(values["priority"]) };
    const entry = is === undefined ? printValues(values) : describe(is);
    const living = place.line === 0 ? { entry } : {};
    if (isManagers === true && !main) {
      if (place.line === 0 || !isTold(place)) leftOut.push({ place, what: managersDefault, ...living });
      continue;
    }
    // What is another's is left to them, also where it could not be declared.
    const owned = ownerOf({ kind, values: is ?? values, protocol }, beside);
    if (owned?.isHere === true) {
      leftOut.push({ place, what: `${owned.owner.who}: ${owned.owner.why}`, entry });
      continue;
    }
    if ("wrong" in form || is === undefined || unread.length > 0) {
      const what = "wrong" in form ? form.wrong : `has what cannot be declared: ${unread.join(", ")}`;
      refused.push({ place, what, ...living });
      continue;
    }
    if ("note" in form && form.note !== undefined) notes.push(`${printPlace(place)}: ${form.note}`);
    if (owned !== undefined && place.line === 0)
      notes.push(`${printPlace(place)}: looks like one of ${owned.owner.who}, which was not found there: taken`);
    if (isRule(is)) (isInside ? rules : outside).push({ is, places: [place] });
    else if (isRoute(is)) routes.push({ is, places: [place] });
    else if (isNexthop(is)) nexthops.push({ is, places: [place] });
  }
  let all = [...rules, ...outside].map(({ is }) => is);
  const moved = new Set<Rule>();
  for (const { is, places } of outside) {
    const move = moveInside(is, all, moved);
    if (move !== undefined) {
      all = all.map((one) => (one === is ? move.moved : one));
      moved.add(move.moved);
    }
    const what = `${describeRule(is)}: a rule of ours stands at ${priorities.lowest} to ${priorities.highest}`;
    refused.push({ place: places[0] ?? nowhere, what, ...nextOf(move?.commands) });
  }
  const apart = separated<Rule, LiteralRules>(
    rules,
    ({ is }) => ruleKey(is),
    setOf,
    (several) => {
      const moves = movesApart(
        several.map(({ is }) => is),
        all,
      );
      return {
        why: `${several[0]?.is.priority} holds ${several.length} rules that differ in more than their prefixes: one of ours per priority`,
        ...nextOf(moves),
      };
    },
  );
  const alone = separated<Route, Route>(
    routes,
    ({ is }) => routeKey(is),
    ([first, ...others]) => (others.length === 0 ? first : undefined),
    (several) => ({
      why: `${several.length} routes stand at one key (${several.map(({ is }) => describeRoute(is)).join("; ")}): give each its own metric, or remove all but one`,
    }),
  );
  const named = declarable(found.names, new Set<unknown>([...alone.taken, ...apart.taken].map(({ is: { table } }) => table)));
  return {
    tables: named.tables,
    nexthops: merged(nexthops),
    routes: alone.taken,
    rules: apart.taken,
    leftOut,
    refused: [...refused, ...apart.refused, ...alone.refused],
    notes: [...new Set([...notes, ...named.notes])],
  };
}

const printValues = (values: Said["values"]): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : String(value)}`)
    .join(" ");
const nowhere: Place = { file: "", line: 0 };
const nextOf = (commands: readonly string[] | undefined): Pick<Refused, "next"> =>
  commands === undefined ? { next: "give them other priorities on the host first: none is free near by" } : { next: commands.join(" && ") };

function describe(one: Rule | Route | Nexthop): string {
  if (isRule(one)) return describeRule(one);
  return isRoute(one) ? describeRoute(one) : `nexthop ${one.nhid}`;
}
const isRule = (one: Rule | Route | Nexthop): one is Rule => "priority" in one;
const isRoute = (one: Rule | Route | Nexthop): one is Route => "destination" in one;
const isNexthop = (one: Rule | Route | Nexthop): one is Nexthop => "nhid" in one && !("destination" in one);

/** What several files say alike is one entry that all of them are named for. */
function merged<Kind>(all: readonly Taken<Kind>[]): Taken<Kind>[] {
  const found: Taken<Kind>[] = [];
  for (const one of all) {
    const at = found.findIndex(({ is }) => isDeepStrictEqual(is, one.is));
    const same = found[at];
    if (same === undefined) found.push(one);
    else found[at] = { ...same, places: [...same.places, ...one.places] };
  }
  return found;
}

/** Those that have their key for themselves, or can be declared together; the others cannot. */
function separated<Kind, Declared>(
  all: readonly Taken<Kind>[],
  key: (one: Taken<Kind>) => string,
  together: (several: readonly Kind[]) => Declared | undefined,
  refuse: (several: readonly Taken<Kind>[]) => { why: string; next?: string },
): { taken: Taken<Declared>[]; refused: Refused[] } {
  const taken: Taken<Declared>[] = [];
  const refused: Refused[] = [];
  for (const group of Map.groupBy(all, key).values()) {
    const distinct = merged(group);
    const is = together(distinct.map((one) => one.is));
    if (is !== undefined) taken.push({ is, places: distinct.flatMap(({ places }) => places) });
    else {
      const { why, next } = refuse(distinct);
      for (const [index, { places }] of distinct.entries())
        refused.push({ place: places[0] ?? nowhere, what: why, ...(index === 0 && next !== undefined ? { next } : {}) });
    }
  }
  return { taken, refused };
}
