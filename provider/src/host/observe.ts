import { isPolicyRoutingError, PolicyRoutingError } from "../errors";
import { parseIpJson } from "../kernel/ipJson";
import type { Management } from "../kernel/managementPath";
import { parseNames, parseNexthops, parseNexthopUsers, parseRoutes, parseRules, parseSysctls } from "../kernel/parse";
import { parseRegister } from "../kernel/register";
import type { State } from "../kernel/state";
import type { Persistence } from "../kernel/store";
import { type IpObject, textAt } from "../spec/attribute";
import { type Family, families } from "../spec/family";
import { gatewayAt } from "../spec/route/nextHop";
import { typeAt } from "../spec/route/type";
import { tableNumber, tableOf } from "../spec/tableNumber";
import { type Answer, section, sectionAfter, sectionsAfter } from "./answer";
import { type Facts, lacksFamily, parseFacts } from "./facts";
import { observeText } from "./frames";
import type { Look } from "./look";
import { parsePersistence } from "./persistence";
import type { Shell } from "./shell";

/** A transaction that somebody began on the host: its id, how far its guard got, and what is written there. */
export interface Left {
  readonly txn: string;
  readonly stage: string;
  readonly text: string;
  /** What came back where its undo did not do all that it should. */
  readonly failure: string | undefined;
}

export interface Observation {
  readonly state: State;
  readonly facts: Facts;
  /** The number of the newest lock. */
  readonly lock: number;
  readonly freeze: string | undefined;
  readonly left: readonly Left[];
  /** What survives a reboot. */
  readonly persistence: Persistence;
  /** How the connection that we work over is routed, where it was asked for. */
  readonly management: Management | undefined;
  /** The whole answer, for those who asked for more. */
  readonly answer: Answer;
}

/** Seconds that one frame waits on the host for the lock, and how often it is sent. */
const waitOnHost = 10;
const waits = 12;

const channels = { inet: "4", inet6: "6" } as const;

/** One round trip. Waits, bounded, while another transaction holds the host: what it changes may be undone. */
export async function observe(shell: Shell, look: Look, warn: (text: string) => void): Promise<Observation> {
  for (let wait = 1; ; wait++) {
    const answer = await shell.run(`await_lock ${waitOnHost} || exit 0\n${observeText(look, "whole")}`);
    const busy = sectionAfter(answer, "busy");
    const cleared = sectionAfter(answer, "cleared")?.rest;
    if (cleared !== undefined) warn(`${cleared} was no lock that could be read: cleared`);
    if (busy === undefined) return parseObservation(answer, look, shell.host);
    const holder = busy.rest.replace(/^\S+ /, "");
    if (wait === waits)
      throw new PolicyRoutingError("busy", {
        host: shell.host,
        what: `another transaction holds the host: ${holder}`,
        next: "wait for it to end, or look at /run/policy-routing on the host",
      });
    warn(`waits for ${holder}`);
  }
}

function parseObservation(answer: Answer, look: Look, host: string): Observation {
  const facts = parseFacts(answer, host);
  return {
    answer,
    facts,
    management: look.paths ? parseManagement(facts.ssh, section(answer, "path") ?? "") : undefined,
    state: parseState(answer, look, host),
    persistence: parsePersistence(answer),
    lock: Number(sectionAfter(answer, "lock")?.rest ?? 0),
    freeze: section(answer, "freeze")?.trim(),
    left: parseLeft(answer),
  };
}

export const parseLeft = (answer: Answer): Left[] =>
  sectionsAfter(answer, "left").map(({ rest, text }) => {
    const [txn = "", stage = ""] = rest.split(" ");
    const [, failure] = /^failed\n([\s\S]+)$/m.exec(text) ?? [];
    return { txn, stage, text, failure };
  });

/** Three answers of `ip`, a line each: the tables' routes for the client's address, for the server's, and the kernel's reply route. */
function parseManagement(connection: string, text: string): Management {
  const [toClient = "", toServer = "", reply = ""] = text.split("\n").filter((line) => line.trim() !== "");
  const family: Family =
    connection
      .split(" ")[0]
      ?.replace(/^::ffff:/, "")
      .includes(":") === true
      ? "inet6"
      : "inet";
  const routes = (line: string) =>
    parseIpJson(line, "the routes of this connection").flatMap((json) => parseRoutes([json], family, "main"));
  const [kernel] = parseIpJson(reply, "the route of this connection");
  return {
    connection,
    toClient: routes(toClient),
    toServer: routes(toServer),
    kernel: kernel === undefined ? undefined : { dev: textAt(kernel, "dev"), via: gatewayAt(kernel), isLocal: typeAt(kernel) === "local" },
  };
}

/** The entries of an answer; of several readings in one frame the last is meant. */
export function parseState(answer: Answer, look: Look, host: string): State {
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
  const routes = [...look.tables].flatMap((table) => {
    const family: Family = table.startsWith("inet6 ") ? "inet6" : "inet";
    const number = Number(table.split(" ")[1]);
    const locks = section(answer, `locks ${channels[family]} ${number}`)?.split("\n");
    return parseRoutes(objects(`routes ${channels[family]} ${number}`, `routes of table ${number}`), family, tableOf(number), locks);
  });
  const tagged = (family: Family) =>
    [...look.tagged].flatMap((tag) =>
      parseRoutes(objects(`tagged ${channels[family]} ${tag}`, `routes of proto ${tag}`), family, "main")
        .filter(({ route: { table } }) => !look.tables.has(`${family} ${tableNumber(table)}`))
        // `ip` leaves out what it was asked to filter by.
        .map((one) => ({ ...one, protocol: tag })),
    );
  return {
    rules: [...look.rules].flatMap(rules),
    routes: [...routes, ...families.flatMap(tagged)],
    nexthops: look.nexthops ? parseNexthops(objects("nexthops", "next hops"), objects("nexthops 6", "next hops")) : [],
    nexthopUsers: look.nexthops ? families.flatMap((family) => parseNexthopUsers(text(`nexthop_users ${channels[family]}`), family)) : [],
    sysctls: look.sysctls ? parseSysctls(text("sysctls")) : new Map(),
    names: look.names ? parseNames(text("names")) : [],
    register: parseRegister(text("register")),
  };
}
