import { type Family, families } from "../../declaration/family";
import { nexthopKey, routeKey, ruleKey } from "../../declaration/key";
import type { Tags } from "../../declaration/owner";
import { type Table, tableNumber, tableOf } from "../../declaration/tableNumber";
import { linkOf, type StateJson } from "../../kernel/lookup/stateJson";
import { parseRoutes, parseRules } from "../../kernel/observed/parse";
import { givenRule, type ObservedName, type ObservedNexthop, type ObservedRoute, type ObservedRule } from "../../kernel/observed/state";
import type { Neighbours } from "../../kernel/persist/neighbours";
import { linesAt, type Register } from "../../kernel/plan/register";
import { describe as describeRoute } from "../../kernel/route/steps";
import { describe as describeRule } from "../../kernel/rule/steps";
import { originName } from "./origins";
import type { Surroundings } from "./owners";
import type { Named, Place, Said, Told } from "./reading";

/** All that was read of a host. */
export interface Standing {
  readonly state: StateJson;
  /** Lines of routes with locked metrics, which JSON leaves out. */
  readonly locks: Readonly<Record<Family, readonly string[]>>;
  readonly names: readonly Pick<ObservedName, "file" | "tableId" | "name" | "owner">[];
  readonly nexthops: readonly ObservedNexthop[];
  readonly register: Register;
  readonly neighbours: Neighbours;
}

/** What stands on a host, as far as it may be a person's. */
export interface Living {
  readonly rules: readonly ObservedRule[];
  readonly routes: readonly ObservedRoute[];
  readonly said: readonly Said[];
  readonly leftOut: readonly Told[];
  readonly unclear: readonly Told[];
  readonly notes: readonly Told[];
  readonly names: readonly Named[];
}

const place = (protocol: number): Place => ({ file: `live, proto ${originName(protocol)}`, line: 0 });

export const routesIn = ({ state, locks }: Pick<Standing, "state" | "locks">): ObservedRoute[] =>
  families.flatMap((family) => {
    const all = state.routes[family].filter(({ flags }) => !(Array.isArray(flags) && flags.includes("cloned")));
    const tables = Map.groupBy(all, ({ table }) => tableOf(Number(table ?? tableNumber("main"))));
    // `ip` says the table of all routes but main's.
    const locked = (table: Table): string[] =>
      locks[family].filter((line) => (/ table ([0-9]+)/.exec(line)?.[1] ?? String(tableNumber("main"))) === String(tableNumber(table)));
    return [...tables].flatMap(([table, objects]) => parseRoutes(objects, family, table, locked(table)));
  });

export const rulesIn = ({ state }: Pick<Standing, "state">): ObservedRule[] =>
  families.flatMap((family) => parseRules(state.rules[family], family));

/** What is in nobody's name; with `of` what is in that id's instead, and nothing else. */
export function livingOf(standing: Standing, { owner, staging }: Tags, of?: string): Living {
  const { nexthops, register } = standing;
  const rules = rulesIn(standing);
  const routes = routesIn(standing);
  const said: Said[] = [];
  const leftOut: Told[] = [];
  const unclear: Told[] = [];
  const add = (
    kind: Said["kind"],
    key: string,
    values: Said["values"],
    protocol: number,
    unread: readonly string[],
    entry: string,
  ): void => {
    const mine = protocol === owner || protocol === staging ? linesAt(register, key)[0] : undefined;
    if (of !== undefined && mine?.entry.id !== of) return;
    if (of === undefined && mine !== undefined)
      leftOut.push({ place: place(protocol), what: `declared already, by stack ${mine.entry.stack}`, entry });
    else if (unread.length > 0) unclear.push({ place: place(protocol), what: `has what cannot be declared: ${unread.join(", ")}`, entry });
    else said.push({ kind, values, place: place(protocol), protocol });
  };
  for (const one of rules) add("rule", ruleKey(one.rule), one.rule, one.protocol, one.unread, describeRule(givenRule(one)));
  for (const { route, protocol, unread } of routes) add("route", routeKey(route), route, protocol, unread, describeRoute(route));
  // The kernel knows an object by its number alone, so it is replaced in place: under what is not ours it is not.
  const isUsed = (nhid: number): boolean =>
    routes.some(({ route, protocol }) => route.nhid === nhid && protocol !== owner) ||
    nexthops.some(({ nexthop: { group }, protocol }) => protocol !== owner && group?.some((member) => member.nhid === nhid) === true);
  for (const { nexthop, protocol, unread } of nexthops) {
    const entry = `ip nexthop id ${nexthop.nhid}`;
    if (protocol !== owner && isUsed(nexthop.nhid))
      leftOut.push({
        place: place(protocol),
        what: "entries that are not ours yet go by it: take these over, then run adopt again",
        entry,
      });
    else add("nexthop", nexthopKey(nexthop.nhid), nexthop, protocol, unread, entry);
  }
  const owned = standing.names.filter((one) => of === undefined || one.owner?.id === of);
  const names = owned.map(({ file, tableId, name }) => ({ tableId, name, place: { file, line: 0 } }));
  const notes = rules.flatMap((one) =>
    one.given === undefined
      ? []
      : [{ place: { file: describeRule(one.given), line: 0 }, what: "pulumi up clears its host bits, which the kernel does not look at" }],
  );
  return { rules, routes, said, leftOut, unclear, notes, names };
}

/** What else on the host says whose an entry is. */
export function surroundingsOf(
  { state, neighbours: { agents }, names }: Standing,
  routes: readonly ObservedRoute[],
  leased: readonly string[],
): Surroundings {
  const links = (state.links ?? []).map(linkOf);
  const tunnels = new Set(links.filter(({ kind }) => kind === "wireguard").map(({ name }) => name));
  return {
    agents: new Set(agents),
    devices: new Set(links.map(({ name }) => name)),
    leased: new Set(leased),
    tunnelled: new Set(
      routes.flatMap(({ route: { destination, dev, table } }) =>
        destination === "default" && dev !== undefined && tunnels.has(dev) && typeof table === "number" ? [table] : [],
      ),
    ),
    names: new Map(names.map(({ tableId, name }) => [tableId, name])),
  };
}
