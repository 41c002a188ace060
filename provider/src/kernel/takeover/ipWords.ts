import type { routeAttributes } from "../../spec/route/attributes";
import { routeTypes } from "../../spec/route/type";
import type { ruleAttributes } from "../../spec/rule/rule";

type Values = Readonly<Record<string, unknown>>;
/** How many of the words behind it belong to it, and what they say; undefined: they say nothing that is understood. */
type Read = (rest: readonly string[]) => readonly [count: number, values: Values] | undefined;

interface Word {
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

/** Numbers as numbers: the fields of priorities and metrics take no text. */
export const numeric = (text: string): unknown => (/^(0x[0-9a-f]+|[0-9]+)$/i.test(text) ? Number(text) : text);

/** A prefix in any of the forms that `ip` takes: `10/8`, `10.1.0.0/255.255.0.0`; undefined for every address. */
export function prefix(text: string): string | undefined {
  if (/^(all|any|default)$/.test(text)) return undefined;
  const [, address = text, mask] = /^([^/]*)\/(.*)$/.exec(text) ?? [];
  const parts = address.split(".");
  const isShort = /^[0-9]+(\.[0-9]+){0,2}$/.test(address) && !address.includes(":");
  const whole = isShort ? [...parts, ...Array.from({ length: 4 - parts.length }, () => "0")].join(".") : address;
  const bits = mask === undefined ? undefined : maskLength(mask);
  return bits === undefined ? (mask === undefined ? whole : text) : `${whole}/${bits}`;
}

export function maskLength(mask: string): number | undefined {
  if (/^[0-9]{1,3}$/.test(mask)) return Number(mask);
  if (!/^([0-9]{1,3}\.){3}[0-9]{1,3}$/.test(mask)) return undefined;
  const bits = mask
    .split(".")
    .map((part) => Number(part).toString(2).padStart(8, "0"))
    .join("");
  const [, ones] = /^(1*)0*$/.exec(bits) ?? [];
  return ones?.length;
}

/** The destination of a route, in any of these forms. */
export const network = (text: string): string => prefix(text) ?? "default";

/** The words of each attribute: a new one does not compile until it is said which they are. */
type Words<Table> = { readonly [Name in keyof Table]: readonly Word[] };

const tableWord = (...more: readonly string[]): Word => word("table", more, ["table"], numeric);
const tosWord = word("tos", ["tos"], ["dsfield"]);

const ruleWords: Words<typeof ruleAttributes> = {
  priority: [word("priority", ["pref"], ["preference", "order", "priority"], numeric)],
  family: [],
  not: [alone("not", ["not"])],
  from: [word("from", ["from"], [], prefix)],
  to: [word("to", ["to"], [], prefix)],
  iif: [word("iif", ["iif", "dev"])],
  oif: [word("oif", ["oif"])],
  fwmark: [word("fwmark", ["fwmark"])],
  tos: [tosWord],
  dscp: [word("dscp", ["dscp"])],
  flowlabel: [word("flowlabel", ["flowlabel"])],
  uidrange: [word("uidrange", ["uidrange"])],
  ipproto: [word("ipproto", ["ipproto"])],
  sport: [word("sport", ["sport"])],
  dport: [word("dport", ["dport"])],
  tunId: [word("tunId", ["tun_id"], [], numeric)],
  table: [tableWord("lookup")],
  goto: [word("goto", ["goto"], [], numeric)],
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
  src: [word("src", ["src"])],
  metric: [word("metric", ["preference"], ["metric", "priority"], numeric)],
  table: [tableWord()],
  scope: [word("scope", ["scope"], [], (text) => scopes[text] ?? text)],
  onlink: [alone("onlink", ["onlink"])],
  realms: [word("realms", [], ["realms"])],
  pref: [word("pref", ["pref"])],
  expires: [word("expires", ["expires"], [], (text) => numeric(text.replace(/sec$/, "")))],
  nhid: [word("nhid", ["nhid"], [], numeric)],
  mtu: [metric("mtu", "mtu", "mtuLock")],
  mtuLock: [],
  advmss: [metric("advmss", "advmss")],
  window: [metric("window", "window")],
  rtt: [metric("rtt", "rtt", undefined, milliseconds)],
  rttvar: [metric("rttvar", "rttvar", undefined, milliseconds)],
  rtoMin: [metric("rtoMin", "rto_min", undefined, milliseconds)],
  ssthresh: [metric("ssthresh", "ssthresh")],
  cwnd: [metric("cwnd", "cwnd", "cwndLock")],
  cwndLock: [],
  initcwnd: [metric("initcwnd", "initcwnd")],
  initrwnd: [metric("initrwnd", "initrwnd")],
  reordering: [metric("reordering", "reordering")],
  hoplimit: [metric("hoplimit", "hoplimit")],
  quickack: [toggle("quickack", "quickack")],
  fastopenNoCookie: [toggle("fastopenNoCookie", "fastopen_no_cookie")],
  features: [{ exactly: ["features"], read: ([first]) => (first === "ecn" ? [1, { features: true }] : undefined) }],
  congctl: [metric("congctl", "congctl", "congctlLock", identity)],
  congctlLock: [],
  nexthops: [{ exactly: ["nexthop"], read: nexthop }],
};

/** What `ip` shows of the moment. */
const passing = new Set([
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
const origin = word("proto", [], ["protocol"]);

const kinds = { rule: Object.values(ruleWords).flat(), route: Object.values(routeWords).flat() } as const;

function find(words: readonly Word[], said: string): Word | undefined {
  return (
    words.find(({ exactly }) => exactly.includes(said)) ??
    [...words, origin].find(({ beginnings = [] }) => beginnings.some((whole) => said.length > 1 && whole.startsWith(said)))
  );
}

export type WordsRead = { readonly values: Values; readonly proto: string | undefined } | { readonly wrong: string };

/** The words behind `ip rule add` or `ip route add`, as `ip` takes them. Without a family: it is what the addresses say. */
export function readWords(kind: "rule" | "route", words: readonly string[]): WordsRead {
  const values: Record<string, unknown> = {};
  const hops: unknown[] = [];
  for (let at = 0; at < words.length; ) {
    const said = words[at] ?? "";
    const known = find(kinds[kind], said);
    const isDestination = known === undefined && kind === "route" && values["destination"] === undefined && !passing.has(said);
    const found = known?.read(words.slice(at + 1)) ?? (isDestination ? [0, { destination: network(said) }] : undefined);
    if (found === undefined && !passing.has(said)) return { wrong: `the word ${said} is not understood` };
    const { nexthops: some, ...rest } = found?.[1] ?? {};
    if (Array.isArray(some)) hops.push(...some);
    Object.assign(values, rest);
    at += 1 + (found?.[0] ?? 0);
  }
  const { proto, ...own } = values;
  const settled = kind === "rule" ? settleRule(own) : settleRoute(own, hops);
  return "wrong" in settled ? settled : { values: settled.values, proto: typeof proto === "string" ? proto : undefined };
}

/** A rule that says no table looks into main; beside `goto` the kernel never looks at one. */
function settleRule(values: Values): { values: Values } {
  const { table, ...rest } = values;
  if (values["goto"] !== undefined) return { values: rest };
  const acts = ["table", "action", "l3mdev"].some((name) => values[name] !== undefined);
  if (table === "[l3mdev-table]") return { values: rest };
  return { values: acts ? values : { ...values, table: "main" } };
}

/** Of these types `ip`, networkd and netplan put a route into table local where none is said. */
export const ofTableLocal: readonly unknown[] = ["local", "broadcast", "anycast", "nat"];

function settleRoute(values: Values, hops: readonly unknown[]): { values: Values } | { wrong: string } {
  if (values["destination"] === undefined) return { wrong: "no destination is said" };
  const table = values["table"] === undefined && ofTableLocal.includes(values["type"]) ? { table: "local" } : {};
  const [only, ...others] = hops;
  // One next hop that is written as several is one.
  const said = only === undefined ? {} : others.length > 0 ? { nexthops: hops } : withoutWeight(only);
  return { values: { ...values, ...table, ...said } };
}

const withoutWeight = (hop: unknown): Values =>
  Object.fromEntries(Object.entries(typeof hop === "object" && hop !== null ? hop : {}).filter(([name]) => name !== "weight"));

/** Where a route goes that says no table, or this one. */
export const isMainTable = (table: unknown): boolean => table === undefined || table === "main" || table === 254;
