import { isPolicyRoutingError, PolicyRoutingError } from "../errors";
import { parseIpJson } from "../kernel/ipJson";
import { parseNames, parseNexthops, parseNexthopUsers, parseRoutes, parseRules, parseSysctls } from "../kernel/parse";
import { parseRegister } from "../kernel/register";
import type { ObservedRoute, State } from "../kernel/state";
import type { IpObject } from "../spec/attribute";
import { type Family, families } from "../spec/family";
import { tableOf } from "../spec/tableNumber";
import { type Answer, section, sectionsAfter, sectionsNamed } from "./answer";
import { lacksFamily } from "./facts";
import { observeText } from "./frames";
import { askedFor, byTable, destinationOf, type Look } from "./look";
import type { Shell } from "./shell";

const channels = { inet: "4", inet6: "6" } as const;

/** `inet 100` of a look as the host names it in its answer: `4 100`. */
const placeOf = (table: string): string => table.replace(/^inet6/, channels.inet6).replace(/^inet/, channels.inet);

/** Tables of which destinations were asked for, and which the host showed whole because that costs it less. */
export const wholeTables = (answer: Answer, { routes, tables }: Look): string[] =>
  [...byTable(routes, tables).keys()].filter((table) => section(answer, `routes ${placeOf(table)}`) !== undefined);

/** The entries that `look` asked for: two readings can be compared in these. */
export const parseState = (answer: Answer, look: Look, host: string): State => askedFor(look, parseShown(answer, look, host));

/** The same, looked at now. */
export async function readEntries(shell: Shell, look: Look): Promise<State> {
  return parseState(await shell.run(observeText({ ...look, probes: [] }, "entries")), look, shell.host);
}

/** `ip` leaves out what it was asked to filter by. */
const withTag = (protocol: number, routes: readonly ObservedRoute[]): ObservedRoute[] => routes.map((one) => ({ ...one, protocol }));

/** All entries of an answer: a host with few routes shows whole tables. */
export function parseShown(answer: Answer, look: Look, host: string): State {
  const text = (name: string): string => {
    const found = section(answer, name);
    if (sectionsAfter(answer, "failed").some(({ rest }) => rest === name)) {
      // Not an error: a table without routes does not exist for the kernel.
      if (/FIB table does not exist/i.test(found ?? "")) return "";
      // Nor is a kernel without this family.
      if (lacksFamily.test(found ?? "")) return "";
      // Nor is this: an old `ip` and its host know no next hop objects, which the check of versions says.
      if (/Object "nexthop" is unknown/i.test(found ?? "")) return "";
      throw new PolicyRoutingError("command", { host, what: `ip could not show ${name}`, cameBack: found });
    }
    if (found === undefined) throw new PolicyRoutingError("protocol", { host, what: `the host's answer lacks ${name}` });
    return found;
  };
  const objects = (name: string, what: string): IpObject[] => {
    try {
      return parseIpJson(text(name), what);
    } catch (error) {
      throw isPolicyRoutingError(error) ? error.at({ host }) : error;
    }
  };
  const rules = (family: Family) => parseRules(objects(`rules ${channels[family]}`, `rules ${family}`), family);
  const whole = new Set([...look.tables, ...wholeTables(answer, look)]);
  const routesIn = (table: string, sections: readonly string[]): ObservedRoute[] => {
    const family: Family = table.startsWith("inet6 ") ? "inet6" : "inet";
    const number = Number(table.split(" ")[1]);
    const locks = sectionsNamed(answer, `locks ${placeOf(table)}`).flatMap((lines) => lines.split("\n"));
    const shown = sections.flatMap((name) => objects(name, `routes of table ${number}`));
    return parseRoutes(shown, family, tableOf(number), locks);
  };
  const routes = [
    ...[...whole].flatMap((table) => routesIn(table, [`routes ${placeOf(table)}`])),
    ...[...byTable(look.routes, whole)].flatMap(([table, destinations]) => {
      const picked = `picked ${placeOf(table)}`;
      const one = destinations.map((destination) => `exact ${placeOf(table)} ${destination}`);
      const found = routesIn(table, section(answer, picked) === undefined ? one : [picked]);
      const known = new Set(found.map(({ route }) => destinationOf(route)));
      const others = [...look.ours].flatMap((tag) => withTag(tag, routesIn(table, [`ours ${placeOf(table)} ${tag}`])));
      return [...found, ...others.filter(({ route }) => !known.has(destinationOf(route)))];
    }),
  ];
  const known = new Set(look.tagged.size === 0 ? [] : routes.map(({ route }) => destinationOf(route)));
  const tagged = (family: Family) =>
    [...look.tagged].flatMap((tag) =>
      withTag(tag, parseRoutes(objects(`tagged ${channels[family]} ${tag}`, `routes of proto ${tag}`), family, "main")).filter(
        ({ route }) => !known.has(destinationOf(route)),
      ),
    );
  return {
    rules: [...look.rules].flatMap(rules),
    routes: [...routes, ...families.flatMap(tagged)],
    nexthops: look.nexthops ? parseNexthops(objects("nexthops", "next hops"), objects("nexthops 6", "next hops")) : [],
    nexthopUsers:
      look.users.size > 0 ? families.flatMap((family) => parseNexthopUsers(text(`nexthop_users ${channels[family]}`), family)) : [],
    sysctls: look.sysctls ? parseSysctls(text("sysctls")) : new Map(),
    names: look.names ? parseNames(text("names")) : [],
    register: parseRegister(text("register")),
  };
}
