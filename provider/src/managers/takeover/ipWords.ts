import type { AttributeTable } from "../../declaration/attribute";
import { ownEntry } from "../../declaration/ownEntry";
import { routeAttributes } from "../../declaration/route/attributes";
import { routeTypes } from "../../declaration/route/type";
import { ruleAttributes } from "../../declaration/rule/rule";
import { network, numeric, prefix } from "./addressForms";

type Values = Readonly<Record<string, unknown>>;
/** How many of the words behind it belong to it, and what they say; undefined: they say nothing that is understood. */
type Read = (rest: readonly string[]) => readonly [count: number, values: Values] | undefined;

export interface Word {
  /** Exactly these. */
  readonly exactly: readonly string[];
  /** `ip` takes beginnings of these too. */
  readonly beginnings?: readonly string[];
  readonly read: Read;
}

const identity = (text: string): unknown => text;
const value =
  (name: string, of: (text: string) => unknown = identity): Read =>
  ([first]) => {
    if (first === undefined) return undefined;
    const said = of(first);
    return [1, said === undefined ? {} : { [name]: said }];
  };
const word = (name: string, exactly: readonly string[], beginnings: readonly string[] = [], of = identity): Word => ({
  exactly,
  beginnings,
  read: value(name, of),
});
const alone = (name: string, exactly: readonly string[], said: unknown = true): Word => ({ exactly, read: () => [0, { [name]: said }] });

/** The words of attributes that are not one word and one value. */
type Words<Table> = { readonly [Name in keyof Table]?: readonly Word[] };

/** All of a table: of an attribute that is not listed, the word that its own entry names, and a value behind it. */
const wordsOf = (table: AttributeTable, listed: Readonly<Record<string, readonly Word[]>>): readonly Word[] =>
  Object.entries(table).flatMap(([name, { ip, schema }]) => {
    const [own = name] = ip.split(" ", 1);
    const lock = `${name}Lock`;
    const of = (text: string): unknown => (schema.safeParse(text).success ? text : numeric(text));
    // A lock is said with what it locks.
    if (name.endsWith("Lock")) return [];
    return listed[name] ?? [Object.hasOwn(table, lock) ? metric(name, own, lock, of) : word(name, [own], [], of)];
  });

const tableWord = (...more: readonly string[]): Word => word("table", more, ["table"], numeric);
const tosWord = word("tos", ["tos"], ["dsfield"]);

const ruleWords: Words<typeof ruleAttributes> = {
  priority: [word("priority", ["pref"], ["preference", "order", "priority"], numeric)],
  family: [],
  not: [alone("not", ["not"])],
  from: [word("from", ["from"], [], prefix)],
  to: [word("to", ["to"], [], prefix)],
  iif: [word("iif", ["iif", "dev"])],
  tos: [tosWord],
  table: [tableWord("lookup")],
  action: [
    ...["blackhole", "unreachable", "prohibit", "nop"].map((one) => alone("action", [one], one)),
    word("action", ["type"], [], (text) => (text === "unicast" ? undefined : text)),
  ],
  l3mdev: [alone("l3mdev", ["l3mdev"])],
  realms: [word("realms", [], ["realms"])],
  suppressPrefixlength: [word("suppressPrefixlength", ["sup_pl"], ["suppress_prefixlength"], numeric)],
  suppressIfgroup: [word("suppressIfgroup", ["sup_group"], ["suppress_ifgroup"], (text) => (text === "default" ? text : numeric(text)))],
};

/** `[lock] N`. */
const metric = (name: string, said: string, lock?: string, of: (text: string) => unknown = numeric): Word => ({
  exactly: [said],
  read: (rest) => {
    const isLocked = rest[0] === "lock";
    if (isLocked && lock === undefined) return undefined;
    const [first] = rest.slice(isLocked ? 1 : 0);
    return first === undefined ? undefined : [isLocked ? 2 : 1, { [name]: of(first), ...(isLocked ? { [lock ?? ""]: true } : {}) }];
  },
});
const milliseconds = (text: string): unknown => {
  const [, count, unit] = /^([0-9.]+)(ms|s)?$/.exec(text) ?? [];
  return count === undefined ? text : Number(count) * (unit === "s" ? 1000 : 1);
};
const toggle = (name: string, said: string): Word => ({ exactly: [said], read: ([first]) => [1, first === "0" ? {} : { [name]: true }] });

const scopes: Readonly<Record<string, string>> = { "0": "global", "200": "site", "253": "link", "254": "host", universe: "global" };
const via: Read = ([first, second]) => {
  if (first === "inet" || first === "inet6") return second === undefined ? undefined : [2, { via: second }];
  return first === undefined ? undefined : [1, { via: first }];
};

/** What `ip` shows of the moment. */
export const passing = new Set([
  "linkdown",
  "dead",
  "pervasive",
  "offload",
  "rt_offload",
  "trap",
  "rt_trap",
  "[detached]",
  "[unresolved]",
  "equalize",
]);
/** What `nexthop` is followed by, up to the next one. */
const nexthop: Read = (rest) => {
  const end = rest.indexOf("nexthop");
  const own = end === -1 ? rest : rest.slice(0, end);
  const hop: Record<string, unknown> = {};
  for (let at = 0; at < own.length; ) {
    const said = own[at] ?? "";
    const read = { via, dev: value("dev"), weight: value("weight", numeric), onlink: alone("onlink", []).read }[said];
    const found = read?.(own.slice(at + 1));
    if (found === undefined && !passing.has(said)) return undefined;
    Object.assign(hop, found?.[1]);
    at += 1 + (found?.[0] ?? 0);
  }
  return [own.length, { nexthops: [hop] }];
};

const routeWords: Words<typeof routeAttributes> = {
  family: [],
  type: routeTypes.map((type) => alone("type", [type], type)),
  destination: [word("destination", ["to"], [], network)],
  from: [word("from", ["from"], [], prefix)],
  tos: [tosWord],
  encap: [],
  via: [{ exactly: ["via"], read: via }],
  dev: [word("dev", ["dev", "oif"])],
  metric: [word("metric", ["preference"], ["metric", "priority"], numeric)],
  table: [tableWord()],
  scope: [word("scope", ["scope"], [], (text) => ownEntry(scopes, text) ?? text)],
  onlink: [alone("onlink", ["onlink"])],
  realms: [word("realms", [], ["realms"])],
  expires: [word("expires", ["expires"], [], (text) => numeric(text.replace(/sec$/, "")))],
  rtt: [metric("rtt", "rtt", undefined, milliseconds)],
  rttvar: [metric("rttvar", "rttvar", undefined, milliseconds)],
  rtoMin: [metric("rtoMin", "rto_min", undefined, milliseconds)],
  reordering: [metric("reordering", "reordering")],
  hoplimit: [metric("hoplimit", "hoplimit")],
  quickack: [toggle("quickack", "quickack")],
  fastopenNoCookie: [toggle("fastopenNoCookie", "fastopen_no_cookie")],
  features: [{ exactly: ["features"], read: ([first]) => (first === "ecn" ? [1, { features: true }] : undefined) }],
  nexthops: [{ exactly: ["nexthop"], read: nexthop }],
};

/** Of both. */
export const origin = word("proto", [], ["protocol"]);

export const kinds = { rule: wordsOf(ruleAttributes, ruleWords), route: wordsOf(routeAttributes, routeWords) } as const;
