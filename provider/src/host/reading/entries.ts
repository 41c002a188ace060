import type { IpObject } from "../../declaration/attribute";
import { type Family, families } from "../../declaration/family";
import { tableOf } from "../../declaration/tableNumber";
import { isPolicyRoutingError, PolicyRoutingError } from "../../errors";
import { readIpJson } from "../../kernel/observed/ipJson";
import type { TextOf } from "../../kernel/observed/kind";
import { observedKinds } from "../../kernel/observed/kinds";
import { askedFor, type Look } from "../../kernel/observed/look";
import type { Pieces } from "../../kernel/observed/pieces";
import { readRoutes, readRules } from "../../kernel/observed/read";
import { emptyState, type ObservedRoute, type ObservedRule, type State } from "../../kernel/observed/state";
import type { TableLook, TableLooks } from "../../kernel/observed/tableLook";
import { readSources, type Uplinks, type Way } from "../../kernel/observed/uplinks";
import { readWays, tagsNamed } from "../../kernel/observed/ways";
import { type Register, readRegister } from "../../kernel/plan/register";
import { channelOf } from "../../kernel/plan/step";
import { type Answer, section, sectionsAfter, sectionsNamed } from "../wire/answer";
import { boundOf } from "../wire/bound";
import { observeText, tableWords } from "../wire/frames";
import { paced } from "../wire/paced";
import type { Shell } from "../wire/shell";
import { lacksFamily } from "./facts";

/** What the host showed of them: a table of which destinations were asked for it shows whole where that costs it less. */
export const shownOf = (answer: Answer, tables: TableLooks): TableLooks =>
  new Map(
    [...tables].map(([key, one]) => [
      key,
      section(answer, `routes ${tableWords(one)}`) === undefined ? one : { ...one, destinations: "all" },
    ]),
  );

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
  for (const family of look.rules) append(rules, yield* readRules(text(`rules ${channelOf(family)}`), `rules ${family}`, family));
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
  const routes: ObservedRoute[] = [];
  for (const one of shownOf(answer, look.routes).values()) {
    const place = tableWords(one);
    if (one.destinations === "all") {
      append(routes, yield* tableIn(answer, text, one, [`routes ${place}`]));
      continue;
    }
    const isPicked = section(answer, `picked ${place}`) !== undefined;
    const names = isPicked ? [`picked ${place}`] : [...one.destinations].map((destination) => `exact ${place} ${destination}`);
    const found = yield* tableIn(answer, text, one, names);
    append(routes, found);
    const known = destinationsOf(found);
    for (const tag of look.ours) append(routes, othersOf(tag, known, yield* tableIn(answer, text, one, [`ours ${place} ${tag}`])));
  }
  const known = look.tagged.size === 0 ? new Set<string>() : destinationsOf(routes);
  for (const family of families)
    for (const tag of look.tagged) {
      const tagged = text(`tagged ${channelOf(family)} ${tag}`);
      append(routes, othersOf(tag, known, yield* readRoutes([tagged], `routes of proto ${tag}`, family, "main", [])));
    }
  return routes;
}

function* tableIn(answer: Answer, text: TextOf, one: TableLook, names: readonly string[]): Pieces<ObservedRoute[]> {
  const { family, table } = one;
  const locks = sectionsNamed(answer, `locks ${tableWords(one)}`).flatMap((lines) => lines.split("\n"));
  return yield* readRoutes(names.map(text), `routes of table ${table}`, family, tableOf(table), locks);
}

const destinationOf = ({ route: { family, table, destination } }: ObservedRoute): string => `${family} ${table} ${destination}`;
const destinationsOf = (routes: readonly ObservedRoute[]): Set<string> => new Set(routes.map(destinationOf));

/** Those at other destinations. `ip` leaves out what it was asked to filter by: the tag. */
const othersOf = (protocol: number, known: ReadonlySet<string>, routes: readonly ObservedRoute[]): ObservedRoute[] =>
  routes.filter((one) => !known.has(destinationOf(one))).map((one) => ({ ...one, protocol }));

function* uplinksIn(text: TextOf, { ways }: Look, register: Register): Pieces<Uplinks> {
  const sources = readSources(yield* wholeList(text("uplinks addresses"), "addresses"));
  const ours = tagsNamed(register);
  const found = new Map<Family, ReadonlyMap<string, Way>>();
  for (const family of ways)
    found.set(family, readWays(yield* wholeList(text(`uplinks ways ${channelOf(family)}`), "default routes"), ours));
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
