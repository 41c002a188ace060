import { isDeepStrictEqual } from "node:util";
import { routeKey, ruleKey } from "../../declaration/key";
import type { Nexthop } from "../../declaration/nexthop/nexthop";
import type { Route } from "../../declaration/route/route";
import { priorities, type Rule } from "../../declaration/rule/rule";
import { type LiteralRules, setOf } from "../../declaration/rule/ruleSet";
import { describe as describeRoute } from "../../kernel/route/steps";
import { describe as describeRule } from "../../kernel/rule/steps";
import { isDeclarable } from "./canonicalForm";
import { type Canonical, fateOf, managersDefault, noteAt } from "./fate";
import { moveInside, movesApart } from "./moves";
import { numbered } from "./numbering";
import type { Surroundings } from "./owners";
import { type Found, type Named, type Place, printPlace, type Told } from "./reading";
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

/** Turns what was found into what is declared. Nothing is lost: each entry is declared, left out or refused. */
export function declare(found: Found, { beside, main }: Options): Declared {
  const names = canonicalNames(found.names);
  const managers = found.said.filter(({ isManagers }) => main && isManagers === true).map(({ place }) => printPlace(place));
  const leftOut: Told[] = found.leftOut.filter(({ place }) => !managers.includes(printPlace(place)));
  const refused: Refused[] = [...found.unclear];
  const notes: string[] = found.notes.map(({ place, what }) => noteAt(place, what));
  const taken: { readonly entry: Canonical; readonly places: readonly Place[] }[] = [];
  const isTold = (place: Place): boolean => place.line !== 0 && leftOut.some((one) => isDeepStrictEqual(one.place, place));
  for (const said of numbered(found.said)) {
    const fate = fateOf(said, { names, beside, main });
    if (fate.becomes === "taken") {
      taken.push({ entry: fate.entry, places: [said.place] });
      notes.push(...fate.notes);
    } else if (fate.becomes === "refused") refused.push(fate.told);
    else if (fate.told.what !== managersDefault || !isTold(said.place)) leftOut.push(fate.told);
  }
  const nexthops = taken.flatMap(({ entry: { kind, is }, places }): Taken<Nexthop>[] => (kind === "nexthop" ? [{ is, places }] : []));
  const routes = taken.flatMap(({ entry: { kind, is }, places }): Taken<Route>[] => (kind === "route" ? [{ is, places }] : []));
  const standing = taken.flatMap(({ entry: { kind, is }, places }): Taken<Rule>[] => (kind === "rule" ? [{ is, places }] : []));
  const rules = standing.filter(({ is }) => isDeclarable(is.priority));
  const outside = standing.filter(({ is }) => !isDeclarable(is.priority));
  const inside = movedInside(outside, [...rules, ...outside]);
  const apart = separated<Rule, LiteralRules>(
    rules,
    ({ is }) => ruleKey(is),
    setOf,
    (several) => {
      const moves = movesApart(
        several.map(({ is }) => is),
        inside.all,
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
    refused: [...refused, ...inside.refused, ...apart.refused, ...alone.refused],
    notes: [...new Set([...notes, ...named.notes])],
  };
}

const nowhere: Place = { file: "", line: 0 };
const nextOf = (commands: readonly string[] | undefined): Pick<Refused, "next"> =>
  commands === undefined ? { next: "give them other priorities on the host first: none is free near by" } : { next: commands.join(" && ") };

/** Where rules of ours can stand, each with what brings it there; and all of them as they are then. */
function movedInside(outside: readonly Taken<Rule>[], standing: readonly Taken<Rule>[]): { all: readonly Rule[]; refused: Refused[] } {
  let all = standing.map(({ is }) => is);
  const moved = new Set<Rule>();
  const refused = outside.map(({ is, places }): Refused => {
    const move = moveInside(is, all, moved);
    if (move !== undefined) {
      all = all.map((one) => (one === is ? move.moved : one));
      moved.add(move.moved);
    }
    const what = `${describeRule(is)}: a rule of ours stands at ${priorities.lowest} to ${priorities.highest}`;
    return { place: places[0] ?? nowhere, what, ...nextOf(move?.commands) };
  });
  return { all, refused };
}

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
