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
import type { ReadFile } from "./formats/index";
import { originName } from "./origins";
import { nothingBeside, ownerOf, type Surroundings } from "./owners";
import type { Found, Place, Said, Told } from "./reading";

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
export interface Living extends Found {
  readonly rules: readonly ObservedRule[];
  readonly routes: readonly ObservedRoute[];
}

const place = (protocol: number): Place => ({ file: `live, proto ${originName(protocol)}`, line: 0 });

const tagOf = ({ protocol, unread }: ObservedRule | ObservedRoute | ObservedNexthop) => ({ protocol, unread });

const routesIn = ({ state, locks }: Pick<Standing, "state" | "locks">): ObservedRoute[] =>
  families.flatMap((family) => {
    const all = state.routes[family].filter(({ flags }) => !(Array.isArray(flags) && flags.includes("cloned")));
    const tables = Map.groupBy(all, ({ table }) => tableOf(Number(table ?? tableNumber("main"))));
    // `ip` says the table of all routes but main's.
    const locked = (table: Table): string[] =>
      locks[family].filter((line) => (/ table ([0-9]+)/.exec(line)?.[1] ?? String(tableNumber("main"))) === String(tableNumber(table)));
    return [...tables].flatMap(([table, objects]) => parseRoutes(objects, family, table, locked(table)));
  });

const rulesIn = ({ state }: Pick<Standing, "state">): ObservedRule[] =>
  families.flatMap((family) => parseRules(state.rules[family], family));

/** What is in nobody's name; with `of` what is in that id's instead, and nothing else. */
export function livingOf(standing: Standing, { owner, staging }: Tags, of?: string): Living {
  const { nexthops, register } = standing;
  const rules = rulesIn(standing);
  const routes = routesIn(standing);
  const said: Said[] = [];
  const leftOut: Told[] = [];
  const add = (one: Omit<Said, "place"> & { readonly protocol: number }, key: string, entry: string): void => {
    const at = place(one.protocol);
    const mine = one.protocol === owner || one.protocol === staging ? linesAt(register, key)[0] : undefined;
    if (of !== undefined && mine?.entry.id !== of) return;
    if (of === undefined && mine !== undefined) leftOut.push({ place: at, what: `declared already, by stack ${mine.entry.stack}`, entry });
    else said.push({ ...one, place: at });
  };
  for (const one of rules) add({ kind: "rule", values: one.rule, ...tagOf(one) }, ruleKey(one.rule), describeRule(givenRule(one)));
  for (const one of routes) add({ kind: "route", values: one.route, ...tagOf(one) }, routeKey(one.route), describeRoute(one.route));
  // The kernel knows an object by its number alone, so it is replaced in place: under what is not ours it is not.
  const isAnothers = (values: ObservedNexthop["nexthop"], protocol: number): boolean =>
    ownerOf({ kind: "nexthop", values, protocol }, nothingBeside) !== undefined;
  const isUsed = (nhid: number): boolean =>
    routes.some(({ route, protocol }) => route.nhid === nhid && protocol !== owner) ||
    nexthops.some(({ nexthop: { group }, protocol }) => protocol !== owner && group?.some((member) => member.nhid === nhid) === true);
  for (const one of nexthops) {
    const { nexthop, protocol } = one;
    const entry = `ip nexthop id ${nexthop.nhid}`;
    if (protocol !== owner && isUsed(nexthop.nhid) && !isAnothers(nexthop, protocol))
      leftOut.push({
        place: place(protocol),
        what: "entries that are not ours yet go by it: take these over, then run adopt again",
        entry,
      });
    else add({ kind: "nexthop", values: nexthop, ...tagOf(one) }, nexthopKey(nexthop.nhid), entry);
  }
  const owned = standing.names.filter((one) => of === undefined || one.owner?.id === of);
  const names = owned.map(({ file, tableId, name }) => ({ tableId, name, place: { file, line: 0 } }));
  const notes = rules.flatMap((one) =>
    one.given === undefined
      ? []
      : [{ place: { file: describeRule(one.given), line: 0 }, what: "pulumi up clears its host bits, which the kernel does not look at" }],
  );
  return { rules, routes, said, leftOut, unclear: [], notes, names };
}

/** What else on the host says whose an entry is. */
export function surroundingsOf(
  { state, neighbours: { agents }, names }: Standing,
  routes: readonly ObservedRoute[],
  files: readonly ReadFile[],
): Surroundings {
  const links = (state.links ?? []).map(linkOf);
  const quick = new Set(files.flatMap(({ reading }) => reading.tunnels));
  const isTunnel = ({ kind, name }: (typeof links)[number]): boolean => kind === "wireguard" || (kind === "tun" && quick.has(name));
  const tunnels = new Set(links.filter(isTunnel).map(({ name }) => name));
  return {
    agents: new Set(agents),
    devices: new Set(links.map(({ name }) => name)),
    leased: new Set(files.flatMap(({ reading }) => reading.leased)),
    tunnelled: new Set(
      routes.flatMap(({ route: { destination, dev, table } }) =>
        destination === "default" && dev !== undefined && tunnels.has(dev) && typeof table === "number" ? [table] : [],
      ),
    ),
    names: new Map(names.map(({ tableId, name }) => [tableId, name])),
  };
}
