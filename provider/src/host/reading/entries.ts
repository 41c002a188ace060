import type { IpObject } from "../../declaration/attribute";
import { type Family, families } from "../../declaration/family";
import { tableOf } from "../../declaration/tableNumber";
import { isPolicyRoutingError, PolicyRoutingError } from "../../errors";
import { readIpJson } from "../../kernel/observed/ipJson";
import type { TextOf } from "../../kernel/observed/kind";
import { observedKinds } from "../../kernel/observed/kinds";
import { askedFor, byTable, destinationOf, type Look } from "../../kernel/observed/look";
import type { Pieces } from "../../kernel/observed/pieces";
import { readRoutes, readRules } from "../../kernel/observed/read";
import { emptyState, type ObservedRoute, type ObservedRule, type State } from "../../kernel/observed/state";
import { readSources, type Uplinks, type Way } from "../../kernel/observed/uplinks";
import { readWays, tagsNamed } from "../../kernel/observed/ways";
import { type Register, readRegister } from "../../kernel/plan/register";
import { type Answer, section, sectionsAfter, sectionsNamed } from "../wire/answer";
import { boundOf } from "../wire/bound";
import { observeText } from "../wire/frames";
import { paced } from "../wire/paced";
import type { Shell } from "../wire/shell";
import { lacksFamily } from "./facts";

const channels = { inet: "4", inet6: "6" } as const;

/** `inet 100` of a look as the host names it in its answer: `4 100`. */
const placeOf = (table: string): string => table.replace(/^inet6/, channels.inet6).replace(/^inet/, channels.inet);

/** Tables of which destinations were asked for, and which the host showed whole because that costs it less. */
export const wholeTables = (answer: Answer, { routes, tables }: Look): string[] =>
  [...byTable(routes, tables).keys()].filter((table) => section(answer, `routes ${placeOf(table)}`) !== undefined);

/** The entries that `look` asked for: two readings can be compared in these. */
export const parseState = async (answer: Answer, look: Look, host: string): Promise<State> =>
  askedFor(look, await parseShown(answer, look, host));

/** The same, looked at now. */
export async function readEntries(shell: Shell, look: Look): Promise<State> {
  return parseState(await shell.run(observeText({ ...look, probes: [] }, "entries"), { bound: boundOf(look) }), look, shell.host);
}

/** All entries of an answer: a host with few routes shows whole tables. */
export async function parseShown(answer: Answer, look: Look, host: string): Promise<State> {
  try {
    return await paced(shown(answer, look));
  } catch (error) {
    throw isPolicyRoutingError(error) ? error.at({ host }) : error;
  }
}

function* shown(answer: Answer, look: Look): Pieces<State> {
  const text = textsOf(answer);
  const register = yield* readRegister(text("register"));
  const rules: ObservedRule[] = [];
  for (const family of look.rules) append(rules, yield* readRules(text(`rules ${channels[family]}`), `rules ${family}`, family));
  let state: State = { ...emptyState, rules, routes: yield* routesIn(answer, look, text), register };
  for (const { word, whole } of observedKinds)
    if (whole !== undefined && look.all.has(word)) state = { ...state, ...(yield* whole.read(text, look)) };
  return look.uplinks ? { ...state, uplinks: yield* uplinksIn(text, look, register) } : state;
}

/** What an answer shows under a name. Throws where `ip` could not show it. */
function textsOf(answer: Answer): TextOf {
  const failed = new Set(sectionsAfter(answer, "failed").map(({ rest }) => rest));
  return (name) => {
    const found = section(answer, name);
    if (found === undefined)
      throw new PolicyRoutingError("protocol", { topic: "answer-not-understood", what: `the host's answer lacks ${name}` });
    if (!failed.has(name)) return found;
    if (emptyWords.some((words) => words.test(found))) return "";
    throw new PolicyRoutingError("command", { topic: "ip-failed", what: `ip could not show ${name}`, cameBack: found });
  };
}

/** No failures: a table without routes does not exist for the kernel; a kernel without this family; an old `ip`, which the check of versions names. */
const emptyWords = [/FIB table does not exist/i, lacksFamily, /Object "nexthop" is unknown/i];

function* routesIn(answer: Answer, look: Look, text: TextOf): Pieces<ObservedRoute[]> {
  const whole = new Set([...look.tables, ...wholeTables(answer, look)]);
  const routes: ObservedRoute[] = [];
  for (const table of whole) append(routes, yield* tableIn(answer, text, table, [`routes ${placeOf(table)}`]));
  for (const [table, destinations] of byTable(look.routes, whole)) {
    const place = placeOf(table);
    const one = destinations.map((destination) => `exact ${place} ${destination}`);
    const picked = section(answer, `picked ${place}`) === undefined ? one : [`picked ${place}`];
    const found = yield* tableIn(answer, text, table, picked);
    append(routes, found);
    const known = destinationsOf(found);
    for (const tag of look.ours) append(routes, othersOf(tag, known, yield* tableIn(answer, text, table, [`ours ${place} ${tag}`])));
  }
  const known = look.tagged.size === 0 ? new Set<string>() : destinationsOf(routes);
  for (const family of families)
    for (const tag of look.tagged) {
      const tagged = text(`tagged ${channels[family]} ${tag}`);
      append(routes, othersOf(tag, known, yield* readRoutes([tagged], `routes of proto ${tag}`, family, "main", [])));
    }
  return routes;
}

function* tableIn(answer: Answer, text: TextOf, table: string, names: readonly string[]): Pieces<ObservedRoute[]> {
  const family: Family = table.startsWith("inet6 ") ? "inet6" : "inet";
  const number = Number(table.split(" ")[1]);
  const locks = sectionsNamed(answer, `locks ${placeOf(table)}`).flatMap((lines) => lines.split("\n"));
  return yield* readRoutes(names.map(text), `routes of table ${number}`, family, tableOf(number), locks);
}

const destinationsOf = (routes: readonly ObservedRoute[]): Set<string> => new Set(routes.map(({ route }) => destinationOf(route)));

/** Those at other destinations. `ip` leaves out what it was asked to filter by: the tag. */
const othersOf = (protocol: number, known: ReadonlySet<string>, routes: readonly ObservedRoute[]): ObservedRoute[] =>
  routes.filter(({ route }) => !known.has(destinationOf(route))).map((one) => ({ ...one, protocol }));

function* uplinksIn(text: TextOf, { ways }: Look, register: Register): Pieces<Uplinks> {
  const sources = readSources(yield* wholeList(text("uplinks addresses"), "addresses"));
  const ours = tagsNamed(register);
  const found = new Map<Family, ReadonlyMap<string, Way>>();
  for (const family of ways)
    found.set(family, readWays(yield* wholeList(text(`uplinks ways ${channels[family]}`), "default routes"), ours));
  return { sources, ways: found };
}

/** What a reading passed over would be taken for gone. */
function* wholeList(shown: string, what: string): Pieces<IpObject[]> {
  if (shown.includes("Dump was interrupted"))
    throw new PolicyRoutingError("command", {
      topic: "ip-failed",
      what: `the ${what} change faster than ip can show them`,
      cameBack: shown.slice(-200),
      next: "run it again",
    });
  const all: IpObject[] = [];
  yield* readIpJson(shown, what, (some) => append(all, some));
  return all;
}

function append<One>(all: One[], more: readonly One[]): void {
  for (const one of more) all.push(one);
}
