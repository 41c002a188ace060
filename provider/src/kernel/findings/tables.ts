import { contains } from "../../declaration/address";
import { tableOf } from "../../declaration/tableNumber";
import { describe as describeRoute } from "../route/route";
import { describe as describeRule } from "../rule/rule";
import type { Finding, Search } from "./finding";
import { isHalf } from "./uplinks";

const isKernelTable = (table: unknown): boolean => table === "main" || table === "default" || table === "local" || table === undefined;

/** How `ip` tags what a person makes: boot and static. */
const byHand: readonly number[] = [3, 4];

/** A rule whose table has no routes does nothing. */
export const emptyTables: Search = ({ rules, routes }, ours) =>
  rules.flatMap(({ rule, protocol }): Finding | [] => {
    if (isKernelTable(rule.table) || routes.some(({ route }) => route.family === rule.family && route.table === rule.table)) return [];
    return {
      // Programs keep such a rule for when they have something to say.
      level: ours.includes(protocol) || byHand.includes(protocol) ? "risk" : "note",
      object: describeRule(rule),
      what: `does nothing: table ${rule.table} has no routes`,
      next: "add routes to the table; a device that went down or lost its last address took them along",
    };
  });

/**
 * A table with a gateway but without the networks on the link: neighbours then go by the gateway. The same for a network of containers or of
 * a LAN, where a rule sends what comes from there to the table.
 */
export const withoutConnected: Search = ({ rules, routes, addresses = [] }) => {
  const users = rules.flatMap(({ rule }) => (isKernelTable(rule.table) || rule.not === true ? [] : [rule]));
  const tables = new Map(users.map((rule) => [`${rule.family} ${rule.table}`, rule] as const));
  return [...tables.values()].flatMap(({ family, table }): Finding[] => {
    const leading = users.filter((rule) => rule.family === family && rule.table === table);
    const inTable = routes.filter(({ route }) => route.family === family && route.table === table);
    const gateway = inTable.find(({ route }) => route.destination === "default" && route.via !== undefined);
    // Where main's own networks are looked up before, as the how-to does with a suppressor, the table needs none.
    const before = rules.some(
      ({ rule }) =>
        rule.family === family &&
        rule.table === "main" &&
        rule.suppressPrefixlength !== undefined &&
        leading.some(({ priority }) => rule.priority < priority),
    );
    const dev = gateway?.route.dev;
    if (dev === undefined || before) return [];
    const networks = addresses.filter((one) => one.family === family && one.scope === 0 && one.length < (family === "inet" ? 31 : 127));
    const isIn = (address: string): boolean =>
      inTable.some(({ route }) => route.destination !== "default" && contains(route.destination, address));
    const onLink = networks.find((one) => one.dev === dev && !isIn(one.address));
    const behind = networks.find(
      (one) =>
        one.dev !== dev &&
        !isIn(one.address) &&
        leading.some(({ from, iif }) => iif === one.dev || (from !== undefined && isNetwork(from) && contains(from, one.address))),
    );
    return [
      ...(onLink === undefined
        ? []
        : [lacks(table, `the network of ${onLink.address}/${onLink.length} on that link: its neighbours are reached by the gateway`, dev)]),
      ...(behind === undefined
        ? []
        : [
            lacks(
              table,
              `the network of ${behind.address}/${behind.length} on ${behind.dev}, from which a rule leads there: what goes between its hosts and this one leaves by the gateway`,
              dev,
              "risk",
            ),
          ]),
    ];
  });
};

const isNetwork = (prefix: string): boolean => prefix.includes("/");
const lacks = (table: unknown, what: string, dev: string, level: Finding["level"] = "note"): Finding => ({
  level,
  object: `table ${table}`,
  what: `has a gateway by ${dev}, but not ${what}`,
  next: `add the network to table ${table}, or a rule before it that looks into main with suppressPrefixlength 0`,
});

/** Routes that nobody asks for. Tables of VRFs are asked by their devices. */
export const unledTables: Search = ({ rules, routes, links }, ours) => {
  const vrfs = links?.filter(({ kind }) => kind === "vrf") ?? [];
  if (vrfs.some(({ vrfTable }) => vrfTable === undefined)) return [];
  const asked = new Set(vrfs.map(({ vrfTable = 0 }) => tableOf(vrfTable)));
  const led = new Set(rules.map(({ rule }) => `${rule.family} ${rule.table}`));
  const unled = new Map(
    routes.flatMap(({ route, protocol }) =>
      isKernelTable(route.table) || asked.has(route.table) || led.has(`${route.family} ${route.table}`)
        ? []
        : [[`${route.family} ${route.table}`, { route, protocol }]],
    ),
  );
  return [...unled.values()].map(
    ({ route: { family, table }, protocol }): Finding => ({
      level: ours.includes(protocol) ? "risk" : "note",
      object: `table ${table}`,
      what: `has routes, and no ${family === "inet" ? "IPv4" : "IPv6"} rule leads there: they decide nothing`,
      next: `add a rule that leads to table ${table}, such as one from an address of the host, or remove the routes`,
    }),
  );
};

const byAdvertisement = 9;

/** Of two default routes that differ by their device alone, which one counts is chance. */
export const equalDefaults: Search = ({ routes }) => {
  const first = new Map<string, (typeof routes)[number]>();
  return routes.flatMap((one): Finding | [] => {
    const { family, table, metric, tos, destination, from, dev } = one.route;
    if (destination !== "default" || from !== undefined || one.protocol === byAdvertisement || dev === undefined) return [];
    const key = [family, table, metric, tos].join(" ");
    const other = first.get(key);
    if (other === undefined) first.set(key, one);
    if (other === undefined || other.route.dev === dev) return [];
    return {
      level: "risk",
      object: describeRoute(one.route),
      what: `has the metric of ${describeRoute(other.route)}: which of both counts is which was made first`,
      next: "give each default route a metric of its own",
    };
  });
};

/** Two halves of a default route are longer than a default route: a suppressor of length 0 does not pass over them. */
export const splitDefaults: Search = ({ rules, routes }) =>
  rules.flatMap(({ rule }) =>
    rule.suppressPrefixlength !== 0
      ? []
      : routes
          .filter(({ route }) => route.family === rule.family && route.table === rule.table && isHalf(route.destination))
          .map(
            ({ route }): Finding => ({
              level: "risk",
              object: describeRule(rule),
              what: `catches what it is to pass over: ${describeRoute(route)} is half of a default route, and longer than prefix length 0`,
              next: `set suppressPrefixlength to ${route.destination.split("/")[1]}, or move the route out of table ${route.table}`,
            }),
          ),
  );

/** A suppressor never passes over routes that refuse. */
export const killSwitches: Search = ({ rules, routes }) =>
  rules.flatMap(({ rule }) =>
    rule.suppressPrefixlength === undefined
      ? []
      : routes
          .filter(
            ({ route }) =>
              route.family === rule.family &&
              route.table === rule.table &&
              route.destination === "default" &&
              (route.type === "unreachable" || route.type === "blackhole" || route.type === "prohibit"),
          )
          .map(
            ({ route }): Finding => ({
              level: "risk",
              object: describeRule(rule),
              what: `ends at ${describeRoute(route)} whenever that is the best default route: suppressors pass over unicast routes only`,
              next: "put the route that refuses into the uplinks' tables instead",
            }),
          ),
  );
