import { familyOf } from "../../declaration/address";
import type { Nexthop } from "../../declaration/nexthop/nexthop";
import type { Route } from "../../declaration/route/route";
import { ruleAttributes } from "../../declaration/rule/rule";
import { type LiteralRules, listed } from "../../declaration/rule/ruleSet";
import type { Declared, Taken } from "./declare";
import { distinct, routeLabel, ruleLabel } from "./labels";
import type { Place } from "./reading";

export type Values = Readonly<Record<string, unknown>>;

/** An entry as a program has it, and where it comes from. */
export interface Labelled {
  readonly label: string;
  readonly values: Values;
  readonly places: readonly Place[];
}

/** Entries of one field of a host. */
export interface Section {
  readonly name: "tables" | "nexthops" | "routes" | "rules";
  readonly entries: readonly Labelled[];
}

/** As a person would write it: without the family that an address says, and without a mask of the whole mark. */
function ruleValues({ priority, family, fwmark, ...rest }: LiteralRules): Values {
  const [speaker] = listed(rest.from ?? rest.to ?? []);
  const said = speaker !== undefined && familyOf(speaker) === family ? {} : { family };
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

/** What is declared in the fields of HostRouting, labelled; fields without an entry are left out. */
export function sectionsOf({ tables, nexthops, routes, rules }: Declared): Section[] {
  const names = new Map(tables.map(({ tableId, name }) => [tableId, name]));
  const section = <Kind>(
    name: Section["name"],
    all: readonly Taken<Kind>[],
    labels: readonly string[],
    values: (one: Kind) => Values,
  ): Section => ({ name, entries: all.map(({ is, places }, at) => ({ label: labels[at] ?? "", values: values(is), places })) });
  const sections: Section[] = [
    {
      name: "tables",
      entries: tables.map(({ tableId, name, place }) => ({ label: name, values: { tableId, name }, places: [place] })),
    },
    section(
      "nexthops",
      nexthops,
      nexthops.map(({ is }) => nexthopLabel(is)),
      (one) => ({ ...one }),
    ),
    section(
      "routes",
      routes,
      distinct(
        routes,
        ({ is }) => routeLabel(is, names),
        ({ is: { dev } }) => dev,
      ),
      routeValues,
    ),
    section(
      "rules",
      rules,
      distinct(
        rules,
        ({ is }) => ruleLabel(is, names),
        () => undefined,
      ),
      ruleValues,
    ),
  ];
  return sections.filter(({ entries }) => entries.length > 0);
}

const nexthopLabel = ({ nhid }: Nexthop): string => `nexthop-${nhid}`;
