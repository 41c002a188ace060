import { stringify } from "yaml";
import { escapeLine } from "../../errors";
import type { Declared, Taken } from "../../kernel/takeover/declare";
import { distinct, routeLabel, ruleLabel } from "../../kernel/takeover/labels";
import { type Place, printPlace } from "../../kernel/takeover/reading";
import { familyOf } from "../../spec/address";
import type { Connection } from "../../spec/connection";
import type { Nexthop } from "../../spec/nexthop/nexthop";
import type { Route } from "../../spec/route/route";
import { type Rule, ruleAttributes } from "../../spec/rule/rule";
import { familyOfRule } from "../../spec/rule/selectors";

type Values = Readonly<Record<string, unknown>>;
/** A label, its fields, and where they come from. */
type Line = readonly [label: string, values: Values, from: string];
type Part = readonly [name: "tables" | "nexthops" | "routes" | "rules", lines: readonly Line[]];

const comment = (places: readonly Place[]): string => [...new Set(places.map(printPlace))].map(escapeLine).join("; ");

/** As a person would write it: without the family that an address says, and without a mask of the whole mark. */
function ruleValues({ priority, family, fwmark, ...rest }: Rule): Values {
  const said = familyOfRule(rest) === family ? {} : { family };
  const mark = fwmark === undefined ? {} : { fwmark: fwmark.replace(/\/0xffffffff$/, "") };
  const values: Values = { priority, ...said, ...mark, ...rest };
  return Object.fromEntries(Object.keys(ruleAttributes).flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])));
}

function routeValues({ family, table, ...rest }: Route): Values {
  const { destination, src, via } = rest;
  const speaker = destination === "default" ? (src ?? via) : destination;
  const said = speaker !== undefined && familyOf(speaker) === family ? {} : { family };
  const { type, ...more } = rest;
  return { ...said, ...(type === undefined ? {} : { type }), ...more, ...(table === "main" ? {} : { table }) };
}

function partsOf({ tables, nexthops, routes, rules }: Declared): Part[] {
  const used = new Set<unknown>([...routes, ...rules].map(({ is: { table } }) => table));
  const named = tables.filter(({ tableId }) => used.has(tableId));
  const names = new Map(named.map(({ tableId, name }) => [tableId, name]));
  const lines = <Kind>(all: readonly Taken<Kind>[], labels: readonly string[], values: (one: Kind) => Values): Line[] =>
    all.map(({ is, places }, at) => [labels[at] ?? "", values(is), comment(places)]);
  const nexthopLabel = ({ nhid }: Nexthop): string => `nexthop-${nhid}`;
  const parts: Part[] = [
    ["tables", named.map(({ tableId, name, place }): Line => [name, { tableId, name }, comment([place])])],
    [
      "nexthops",
      lines(
        nexthops,
        nexthops.map(({ is }) => nexthopLabel(is)),
        (one) => ({ ...one }),
      ),
    ],
    [
      "routes",
      lines(
        routes,
        distinct(
          routes,
          ({ is }) => routeLabel(is, names),
          ({ is: { dev } }) => dev,
        ),
        routeValues,
      ),
    ],
    [
      "rules",
      lines(
        rules,
        distinct(
          rules,
          ({ is }) => ruleLabel(is, names),
          () => undefined,
        ),
        ruleValues,
      ),
    ],
  ];
  return parts.filter(([, all]) => all.length > 0);
}

const loginOf = ({ host, user, port, sudo }: Connection): Values =>
  Object.fromEntries(Object.entries({ host, user, port, sudo }).filter(([, value]) => value !== undefined));

const inline = (values: Values): string => stringify(values, { collectionStyle: "flow", lineWidth: 0 }).trimEnd();

/** systemd-networkd removes what it did not make, unless it is told not to: a program says so from its first `up` on. */
const coexistReason = "systemd-networkd runs there: it is told to leave alone what it did not make";

/** One host of a stack's `hosts:`. */
export function printYaml(name: string, connection: Connection, declared: Declared, coexist = false): string {
  const key = (text: string): string => stringify(text).trimEnd();
  return [
    "hosts:",
    `  ${key(name)}:`,
    `    connection: ${inline(loginOf(connection))}`,
    "    adopt: same",
    ...(coexist ? [`    coexist: configure # ${coexistReason}`] : []),
    ...partsOf(declared).flatMap(([part, lines]) => [
      `    ${part}:`,
      ...lines.map(([label, values, from]) => `      ${key(label)}: ${inline(values)} # ${from}`),
    ]),
  ].join("\n");
}

const literal = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, inner]) => `${/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name)}: ${literal(inner)}`)
    .join(", ")} }`;
};

/** A program with one HostRouting. */
export function printTypescript(name: string, connection: Connection, declared: Declared, coexist = false): string {
  return [
    'import { HostRouting } from "pulumi-policy-routing";',
    "",
    `new HostRouting(${JSON.stringify(name)}, {`,
    `  connection: ${literal(loginOf(connection))},`,
    '  adopt: "same",',
    ...(coexist ? [`  coexist: "configure", // ${coexistReason}`] : []),
    ...partsOf(declared).flatMap(([part, lines]) => [
      `  ${part}: {`,
      ...lines.map(([label, values, from]) => `    ${JSON.stringify(label)}: ${literal(values)}, // ${from}`),
      "  },",
    ]),
    "});",
  ].join("\n");
}
