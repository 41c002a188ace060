import { contains } from "../../spec/address";
import { describe as describeRoute } from "../route";
import { describe as describeRule } from "../rule";
import type { Finding, Search } from "./finding";

const halves = ["0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1", "2000::/3"];
const isKernelTable = (table: unknown): boolean => table === "main" || table === "default" || table === "local" || table === undefined;

/** A rule whose table has no routes does nothing. */
export const emptyTables: Search = ({ rules, routes }) =>
  rules.flatMap(({ rule }): Finding[] => {
    if (isKernelTable(rule.table) || routes.some(({ route }) => route.family === rule.family && route.table === rule.table)) return [];
    return [
      {
        level: "risk",
        object: describeRule(rule),
        what: `does nothing: table ${rule.table} has no routes`,
        next: "add routes to the table; a device that went down or lost its last address took them along",
      },
    ];
  });

/** A table with a gateway but without the networks on the link: neighbours, containers and local networks then go by the gateway. */
export const withoutConnected: Search = ({ rules, routes, addresses }) => {
  const tables = new Map(
    rules.filter(({ rule }) => !isKernelTable(rule.table)).map(({ rule }) => [`${rule.family} ${rule.table}`, rule] as const),
  );
  return [...tables.values()].flatMap((user): Finding[] => {
    const { family, table } = user;
    const inTable = routes.filter(({ route }) => route.family === family && route.table === table);
    const gateway = inTable.find(({ route }) => route.destination === "default" && route.via !== undefined);
    // Where main's own networks are looked up before, as the how-to does with a suppressor, the table needs none.
    const before = rules.some(
      ({ rule }) =>
        rule.family === family && rule.table === "main" && rule.suppressPrefixlength !== undefined && rule.priority < user.priority,
    );
    if (gateway?.route.dev === undefined || before) return [];
    const networks = addresses?.filter((one) => one.family === family && one.dev === gateway.route.dev && one.scope === 0) ?? [];
    const missing = networks.find(
      ({ address }) => !inTable.some(({ route }) => route.destination !== "default" && contains(route.destination, address)),
    );
    if (missing === undefined) return [];
    return [
      {
        level: "note",
        object: `table ${table}`,
        what: `has a gateway by ${gateway.route.dev}, but not the network of ${missing.address}/${missing.length} on that link: its neighbours are reached by the gateway`,
        next: `add the network to table ${table}, or a rule before it that looks into main with suppressPrefixlength 0`,
      },
    ];
  });
};

/** Two halves of a default route are longer than a default route: a suppressor of length 0 does not pass over them. */
export const splitDefaults: Search = ({ rules, routes }) =>
  rules.flatMap(({ rule }) =>
    rule.suppressPrefixlength !== 0
      ? []
      : routes
          .filter(({ route }) => route.family === rule.family && route.table === rule.table && halves.includes(route.destination))
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
