import type { IpObject } from "../../provider/src/declaration/attribute";
import type { Family } from "../../provider/src/declaration/family";

/** A route as the kernel keeps it: its key, its tag, and the words that were given. */
export interface ModelRoute {
  readonly family: Family;
  readonly type: string;
  readonly destination: string;
  readonly words: ReadonlyMap<string, string>;
}

const types: Readonly<Record<string, string>> = {
  unicast: "1",
  local: "2",
  broadcast: "3",
  anycast: "4",
  multicast: "5",
  blackhole: "6",
  unreachable: "7",
  prohibit: "8",
  throw: "9",
};

/** `[TYPE] PREFIX WORD VALUE ...`, with `via inet6 ADDRESS` and the lone word `onlink`. */
export function parseRoute(family: Family, words: readonly string[]): ModelRoute & { readonly typed: boolean } {
  const rest = [...words];
  const typed = types[rest[0] ?? ""] !== undefined;
  const type = typed ? (rest.shift() ?? "") : "unicast";
  const destination = rest.shift() ?? "";
  const found = new Map<string, string>();
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "onlink") found.set(word, "");
    else if (word === "via" && rest[0] === "inet6") found.set(word, rest.splice(0, 2)[1] ?? "");
    else found.set(word, rest.shift() ?? "");
  }
  return { family, type, typed, destination, words: found };
}

const metric = ({ family, words }: ModelRoute): number => Number(words.get("metric") ?? 0) || (family === "inet6" ? 1024 : 0);
const tos = ({ words }: ModelRoute): number => Number(words.get("tos") ?? 0);
const of = (route: ModelRoute, word: string): string | undefined => route.words.get(word);

/** The same destination, source prefix, type of service and table. */
const beside = (a: ModelRoute, b: ModelRoute): boolean =>
  a.family === b.family &&
  a.destination === b.destination &&
  of(a, "table") === of(b, "table") &&
  of(a, "from") === of(b, "from") &&
  tos(a) === tos(b);
const sameKey = (a: ModelRoute, b: ModelRoute): boolean => beside(a, b) && metric(a) === metric(b);

/** What the kernel fills in, so that it need not be told. */
function filled({ family, type, destination, words }: ModelRoute): ModelRoute {
  const isError = ["blackhole", "unreachable", "prohibit", "throw"].includes(type);
  const device = words.get("dev") ?? (isError ? (family === "inet6" ? "lo" : undefined) : "e0");
  const link =
    type === "broadcast" || type === "anycast" || type === "multicast" || (type === "unicast" && !words.has("via") && !words.has("nhid"));
  const scope = words.get("scope") ?? (family === "inet6" ? "0" : type === "local" ? "254" : link ? "253" : "0");
  return {
    family,
    type,
    destination,
    words: new Map([...words, ["scope", scope], ...(device === undefined ? [] : [["dev", device] as const])]),
  };
}

const ordered = (routes: readonly ModelRoute[]): readonly ModelRoute[] => [...routes].sort((a, b) => metric(a) - metric(b));

export function addRoute(routes: readonly ModelRoute[], route: ModelRoute): readonly ModelRoute[] | undefined {
  return routes.some((old) => sameKey(old, route)) ? undefined : ordered([...routes, filled(route)]);
}

/** The first route at the key goes, whoever made it; where exactly this one stands behind it, it is refused. */
export function replaceRoute(routes: readonly ModelRoute[], route: ModelRoute): readonly ModelRoute[] | undefined {
  const first = routes.findIndex((old) => sameKey(old, route));
  const same = routes.findIndex((old) => isEqual(old, filled(route)));
  if (same > first) return undefined;
  return first === -1 ? ordered([...routes, filled(route)]) : routes.toSpliced(first, 1, filled(route));
}

/** Before or behind those at the key, unless exactly this one is there. */
export function insertRoute(
  verb: "append" | "prepend",
  routes: readonly ModelRoute[],
  route: ModelRoute,
): readonly ModelRoute[] | undefined {
  const made = filled(route);
  if (routes.some((old) => isEqual(old, made))) return undefined;
  return ordered(verb === "append" ? [...routes, made] : [made, ...routes]);
}

const isEqual = (a: ModelRoute, b: ModelRoute): boolean =>
  sameKey(a, b) && a.type === b.type && [...new Set([...a.words.keys(), ...b.words.keys()])].every((word) => of(a, word) === of(b, word));

/**
 * IPv4 takes metric 0 for any. IPv6 looks among the routes of any source when there is none with the `from` that was given.
 * `ip` says the default scope of a type that was given, other than unicast; IPv6 compares neither type nor scope.
 */
export function deleteRoute(
  routes: readonly ModelRoute[],
  pattern: ModelRoute & { readonly typed: boolean },
): readonly ModelRoute[] | undefined {
  const { family, words, type, typed } = pattern;
  const named = filled(pattern).words.get("scope");
  const scope = words.get("scope") ?? (typed && type !== "unicast" ? named : undefined);
  const anySource = new Map([...words].filter(([word]) => word !== "from"));
  const isSourceKnown = routes.some((old) => beside(old, pattern));
  const key = family === "inet6" && !isSourceKnown ? { ...pattern, words: anySource } : pattern;
  const first = routes.findIndex(
    (old) =>
      beside(old, key) &&
      (Number(words.get("metric") ?? 0) === 0 || metric(old) === Number(words.get("metric"))) &&
      ["proto", "via", "dev"].every((word) => !words.has(word) || of(old, word) === words.get(word)) &&
      (family === "inet6" || ((!typed || old.type === type) && (scope === undefined || of(old, "scope") === scope))),
  );
  return first === -1 ? undefined : routes.toSpliced(first, 1);
}

/** What `ip route show exact` shows: what is left out may be anything, and a metric of 0 is a metric. */
export const isShown = (route: ModelRoute, filter: ModelRoute): boolean =>
  route.family === filter.family &&
  route.destination === filter.destination &&
  ["table", "from", "proto"].every((word) => !filter.words.has(word) || of(route, word) === of(filter, word)) &&
  (!filter.words.has("tos") || tos(route) === tos(filter)) &&
  (!filter.words.has("metric") || metric(route) === Number(of(filter, "metric")));

/** As `ip -j -N -d route show table TABLE` shows it. */
export function routeJson(route: ModelRoute): IpObject {
  const { family, type, destination, words } = route;
  const via = words.get("via");
  const text = (word: string, key: string): IpObject => (words.has(word) ? { [key]: words.get(word) } : {});
  const gateway: IpObject =
    via === undefined ? {} : family === "inet" && via.includes(":") ? { via: { family: "inet6", host: via } } : { gateway: via };
  return {
    type: types[type],
    dst: destination,
    ...text("from", "from"),
    ...text("tos", "tos"),
    ...gateway,
    ...(words.has("nhid") ? { nhid: Number(words.get("nhid")) } : {}),
    ...text("dev", "dev"),
    protocol: words.get("proto") ?? "3",
    scope: words.get("scope"),
    ...text("src", "prefsrc"),
    ...(metric(route) === 0 ? {} : { metric: metric(route) }),
    flags: words.has("onlink") ? ["onlink"] : [],
    ...(family === "inet6" ? { pref: "medium" } : {}),
  };
}

/** As `ip -N -d -o route show table all` shows it. */
export function routeLine({ type, destination, words }: ModelRoute): string {
  const shown = ["from", "tos", "nhid", "dev", "table", "proto", "metric"].filter((word) => words.has(word));
  return [types[type], destination, ...shown.map((word) => `${word} ${words.get(word)}`)].join(" ");
}
