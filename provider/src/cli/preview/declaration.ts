import type { Adopt } from "../../declaration/adopt";
import type { FieldTable, Values } from "../../declaration/attribute";
import { type Across, canonical } from "../../declaration/canonical";
import type { Entries } from "../../declaration/entries";
import type { EntryKind } from "../../declaration/entryKind";
import { hostRoutingFields, settingsIn, settleHostRouting } from "../../declaration/hostRouting";
import { routeKey, ruleKey } from "../../declaration/key";
import { nexthopKind } from "../../declaration/nexthop/kind";
import { type DeclaredRoute, literalRoute } from "../../declaration/route/declaredRoute";
import { routeKind } from "../../declaration/route/kind";
import type { Route } from "../../declaration/route/route";
import { ruleKind } from "../../declaration/rule/kind";
import type { Rule } from "../../declaration/rule/rule";
import { literally, type RuleSet, rulesIn } from "../../declaration/rule/ruleSet";
import { tableKind } from "../../declaration/table/kind";
import { PolicyRoutingError } from "../../errors";
import type { Declaration } from "../../managers/render/declaration";
import { objectIn, wholeOf } from "../../runtime/objects";
import { chosen } from "./chosen";
import { hostsOf } from "./hosts";
import { parseDeclared } from "./stackJson";
import type { Inputs } from "./unclear";

/** The values of a resource's own fields: what all kinds share says how to get to the host, and was read before. */
const valuesOf = <Table extends FieldTable>(fields: Table, settle: Across<Values<Table>>, inputs: Inputs): Values<Table> =>
  canonical(fields, Object.fromEntries(Object.entries(inputs).filter(([name]) => name in fields)), settle).values;

const oneOf = <Table extends FieldTable, Whole extends Values<Table>>(kind: EntryKind<Table, Whole>, inputs: Inputs): Whole =>
  wholeOf(kind, valuesOf(kind.fields, kind.settle, inputs));

const allOf = <Table extends FieldTable, Whole extends Values<Table>>(
  kind: EntryKind<Table, Whole>,
  entries: Entries<Values<Table> & { adopt?: Adopt }> = {},
): Whole[] => Object.values(entries).map((entry) => wholeOf(kind, objectIn(entry)));

/** No manager knows a rule from whatever addresses a device has. */
function literalRules(rule: RuleSet): Rule[] {
  const literal = literally(rule);
  if (literal !== undefined) return rulesIn(literal);
  throw new PolicyRoutingError("unsupported", {
    topic: "not-expressible",
    what: `${ruleKey(rule)}: from: no other manager has a rule from the addresses of a device, whatever they are`,
    next: "say the addresses, or leave the rule to this package: it persists it by itself, and follows the device",
  });
}

/** The same of a route by whatever gateway a device has. */
function saidRoute(route: DeclaredRoute): Route {
  const literal = literalRoute(route);
  if (literal !== undefined) return literal;
  throw new PolicyRoutingError("unsupported", {
    topic: "not-expressible",
    what: `${routeKey(route)}: via: no other manager has a route by the gateway of a device, whatever it is`,
    next: 'say the gateway, let the device\'s own manager fill the table (gateway: "manager"), or leave the route to this package: it persists it by itself, and follows the device',
  });
}

const readers: Readonly<Record<string, (inputs: Inputs) => Partial<Declaration>>> = {
  RoutingTable: (inputs) => ({ tables: [oneOf(tableKind, inputs)] }),
  NextHop: (inputs) => ({ nexthops: [oneOf(nexthopKind, inputs)] }),
  PolicyRoute: (inputs) => ({ routes: [saidRoute(oneOf(routeKind, inputs))] }),
  PolicyRule: (inputs) => ({ rules: literalRules(oneOf(ruleKind, inputs)) }),
  HostRouting: (inputs) => {
    const values = valuesOf(hostRoutingFields, settleHostRouting, inputs);
    return {
      tables: allOf(tableKind, values.tables),
      nexthops: allOf(nexthopKind, values.nexthops),
      routes: allOf(routeKind, values.routes).map(saidRoute),
      rules: allOf(ruleKind, values.rules).flatMap(literalRules),
      settings: settingsIn(values),
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
