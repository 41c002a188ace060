import { canonical } from "../../declaration/canonical";
import { entryKinds, type Labelled, labelledIn, type Section, sectionNames, type Wholes } from "../../declaration/entryKinds";
import { printFailure } from "../../declaration/failures";
import { hostRoutingFields, settleHostRouting } from "../../declaration/hostRouting";
import { routeKey, ruleKey } from "../../declaration/key";
import { type DeclaredRoute, literalRoute } from "../../declaration/route/declaredRoute";
import type { Route } from "../../declaration/route/route";
import type { Rule } from "../../declaration/rule/rule";
import { literally, type RuleSet, rulesIn } from "../../declaration/rule/ruleSet";
import { settingsIn } from "../../declaration/sysctl/fields";
import { PolicyRoutingError } from "../../errors";
import type { Declaration } from "../../managers/render/declaration";
import { objectIn, wholeOf } from "../../runtime/objects";
import { chosen } from "./chosen";
import { hostsOf } from "./hosts";
import { parseDeclared } from "./stackJson";
import type { Inputs } from "./unclear";

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

/** What a manager may say of an object of each kind. */
const rendered: { readonly [Name in Section]?: (whole: Wholes[Name]) => Partial<Declaration> } = {
  tables: (table) => ({ tables: [table] }),
  nexthops: (nexthop) => ({ nexthops: [nexthop] }),
  routes: (route) => ({ routes: [saidRoute(route)] }),
  rules: (rule) => ({ rules: literalRules(rule) }),
};

function partsOf<Name extends Section>(section: Name, values: Labelled): Partial<Declaration>[] {
  const kind = entryKinds[section];
  const said = rendered[section];
  return Object.values(labelledIn(section, values)).map((entry) => {
    if (said !== undefined) return said(wholeOf(kind, objectIn(entry)));
    throw new PolicyRoutingError("unsupported", {
      topic: "not-expressible",
      what: `${kind.key(entry)}: no other manager's files can say it`,
      next: "leave it to this package: it persists it by itself",
    });
  });
}

/** One entry alone as a host of one. */
function declaredBy(resource: string, inputs: Inputs): Partial<Declaration>[] {
  const section = sectionNames.find((one) => entryKinds[one].resource === resource);
  if (section === undefined && resource !== "HostRouting")
    throw new PolicyRoutingError("bug", { topic: "bug", what: `${resource} cannot be rendered` });
  const fields = section === undefined ? hostRoutingFields : entryKinds[section].fields;
  const own = Object.fromEntries(Object.entries(inputs).filter(([name]) => name in fields));
  const whole = section === undefined ? own : { [section]: { one: own } };
  const { values, problems } = canonical(hostRoutingFields, whole, settleHostRouting);
  if (problems.length > 0)
    throw new PolicyRoutingError("invalid", {
      topic: "declaration-invalid",
      what: problems.map(printFailure).join("; "),
      next: "correct the program",
    });
  return [...sectionNames.flatMap((one) => partsOf(one, values)), { settings: settingsIn(values) }];
}

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
  const parts = host.resources.flatMap(({ kind, inputs = {} }) => declaredBy(kind, inputs));
  return {
    tables: parts.flatMap(({ tables = [] }) => tables),
    nexthops: parts.flatMap(({ nexthops = [] }) => nexthops),
    routes: parts.flatMap(({ routes = [] }) => routes),
    rules: parts.flatMap(({ rules = [] }) => rules),
    settings: parts.flatMap(({ settings: some = [] }) => some),
  };
}
