import { PolicyRoutingError } from "../../errors";
import type { Declaration, Setting } from "../../kernel/render/declaration";
import { nameOf, nexthopOf, objectsIn, routeOf, ruleOf } from "../../runtime/objects";
import type { FieldTable, Values } from "../../spec/attribute";
import { type Across, canonical } from "../../spec/canonical";
import type { Entries } from "../../spec/entries";
import { hostRoutingFields, settleHostRouting } from "../../spec/hostRouting";
import { nexthopAttributes } from "../../spec/nexthop/attributes";
import { settleNexthop } from "../../spec/nexthop/nexthop";
import { routeAttributes } from "../../spec/route/attributes";
import { settleRoute } from "../../spec/route/route";
import { routingTableAttributes, settleRoutingTable } from "../../spec/routingTable";
import { ruleAttributes, settleRule } from "../../spec/rule/rule";
import { type SysctlField, sysctlFields } from "../../spec/sysctl";
import { chosen } from "./chosen";
import { hostsOf } from "./hosts";
import { parseDeclared } from "./stackJson";
import type { Inputs } from "./unclear";

/** The values of a resource's own fields: what all kinds share says how to get to the host, and was read before. */
function valuesOf<Table extends FieldTable>(table: Table, across: Across<Values<Table>>, inputs: Inputs): Values<Table> {
  return canonical(table, Object.fromEntries(Object.entries(inputs).filter(([name]) => name in table)), across).values;
}

function settings<Word extends string>(field: string, { file, numbers }: SysctlField<Word>, entries: Entries<Word> = {}): Setting[] {
  return Object.entries(entries).map(([device, word]) => ({ field, file, device, value: numbers[word] }));
}

const readers: Readonly<Record<string, (inputs: Inputs) => Partial<Declaration>>> = {
  RoutingTable: (inputs) => ({ tables: [nameOf(valuesOf(routingTableAttributes, settleRoutingTable, inputs))] }),
  NextHop: (inputs) => ({ nexthops: [nexthopOf(valuesOf(nexthopAttributes, settleNexthop, inputs))] }),
  PolicyRoute: (inputs) => ({ routes: [routeOf(valuesOf(routeAttributes, settleRoute, inputs))] }),
  PolicyRule: (inputs) => ({ rules: [ruleOf(valuesOf(ruleAttributes, settleRule, inputs))] }),
  HostRouting: (inputs) => {
    const values = valuesOf(hostRoutingFields, settleHostRouting, inputs);
    return {
      tables: objectsIn(values.tables).map(nameOf),
      nexthops: objectsIn(values.nexthops).map(nexthopOf),
      routes: objectsIn(values.routes).map(routeOf),
      rules: objectsIn(values.rules).map(ruleOf),
      settings: [
        ...settings("reversePathFilter", sysctlFields.reversePathFilter, values.reversePathFilter),
        ...settings("arpIgnore", sysctlFields.arpIgnore, values.arpIgnore),
        ...settings("arpAnnounce", sysctlFields.arpAnnounce, values.arpAnnounce),
      ],
    };
  },
};

/** All that is declared for a host; refused where something of it is not shown, which would be left out in silence. */
export function declarationIn(text: string, path: string, asked?: string): Declaration {
  const { hosts, unsure } = hostsOf(parseDeclared(text, path));
  const open = (more: readonly string[]): void => {
    if (more.length > 0)
      throw new PolicyRoutingError("invalid", {
        topic: "not-all-known",
        what: `${path}: cannot tell all that is declared\n    ${[...new Set(more)].join("\n    ")}`,
        next: "declare it openly; what is not known yet is, once pulumi up has run",
      });
  };
  open(unsure);
  if (hosts.length === 0)
    throw new PolicyRoutingError("invalid", { topic: "nothing-declared", what: `${path}: no resource of ours is declared there` });
  const host = chosen(hosts, asked);
  open(host.unsure);
  const parts = host.resources.map(({ kind, inputs = {} }) => readerOf(kind)(inputs));
  return {
    tables: parts.flatMap(({ tables = [] }) => tables),
    nexthops: parts.flatMap(({ nexthops = [] }) => nexthops),
    routes: parts.flatMap(({ routes = [] }) => routes),
    rules: parts.flatMap(({ rules = [] }) => rules),
    settings: parts.flatMap(({ settings: some = [] }) => some),
  };
}

function readerOf(kind: string): (inputs: Inputs) => Partial<Declaration> {
  const reader = readers[kind];
  if (reader === undefined) throw new PolicyRoutingError("bug", { topic: "bug", what: `${kind} cannot be rendered` });
  return reader;
}
