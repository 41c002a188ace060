import { entryFields } from "../provider/src/spec/adopt";
import type { AttributeTable, Field, FieldTable } from "../provider/src/spec/attribute";
import { commonFields } from "../provider/src/spec/common";
import { connectionFields, proxyFields } from "../provider/src/spec/connection";
import { expectationFields } from "../provider/src/spec/expectation";
import { guardFields, probeFields } from "../provider/src/spec/guard";
import { hostRoutingFields } from "../provider/src/spec/hostRouting";
import { multihomedFields } from "../provider/src/spec/multihomed/multihomed";
import { sideFields, uplinkFields } from "../provider/src/spec/multihomed/uplink";
import { nexthopAttributes } from "../provider/src/spec/nexthop/attributes";
import { memberFields } from "../provider/src/spec/nexthop/group";
import { routeAttributes } from "../provider/src/spec/route/attributes";
import { nexthopFields } from "../provider/src/spec/route/nexthops";
import { routingTableAttributes } from "../provider/src/spec/routingTable";
import { ruleAttributes } from "../provider/src/spec/rule/rule";

/** The argument interfaces of the resources, from the descriptors: types by reference, documentation as text, so that editors show it. */
const required = new Set([
  "RuleArgs.priority",
  "RouteArgs.destination",
  "NexthopObjectArgs.nhid",
  "MemberArgs.nhid",
  "TableArgs.tableId",
  "ExpectationArgs.to",
  "UplinkArgs.device",
  "UplinkArgs.address",
  "UplinkArgs.gateway",
  "UplinkArgs.table",
  "UplinkSideArgs.address",
  "UplinkSideArgs.gateway",
  "MultihomedArgs.uplinks",
  "TableArgs.name",
  "ConnectionArgs.host",
  "ProxyConnectionArgs.host",
]);

/** Entries by label; one that is undefined counts as left out. */
function labelled(entry: string): string {
  return `pulumi.Input<Readonly<Record<string, pulumi.Input<${entry}> | undefined>>>`;
}

/** Fields whose value is an interface of its own, so that parts of it may be outputs. */
const nested: Readonly<Record<string, string>> = {
  "ConnectionArgs.proxy": "pulumi.Input<ProxyConnectionArgs>",
  "GuardArgs.probes": "pulumi.Input<pulumi.Input<ProbeArgs>[]>",
  "HostRoutingArgs.tables": labelled("TableArgs & EntryArgs"),
  "HostRoutingArgs.nexthops": labelled("NexthopObjectArgs & EntryArgs"),
  "HostRoutingArgs.routes": labelled("RouteArgs & EntryArgs"),
  "HostRoutingArgs.rules": labelled("RuleArgs & EntryArgs"),
  "UplinkArgs.v6": "pulumi.Input<UplinkSideArgs>",
  "MultihomedArgs.uplinks": labelled("UplinkArgs"),
  "HostRoutingArgs.expect": "pulumi.Input<pulumi.Input<ExpectationArgs>[]>",
  "RouteArgs.nexthops": "pulumi.Input<pulumi.Input<NexthopArgs>[]>",
  "NexthopObjectArgs.group": "pulumi.Input<pulumi.Input<MemberArgs>[]>",
  connection: "pulumi.Input<ConnectionArgs>",
  guard: "pulumi.Input<GuardArgs>",
};

function comment(field: Field & { ip?: string; since?: { iproute2?: string; kernel?: string } }): string {
  const since = Object.entries(field.since ?? {}).map(([what, version]) => `${what === "kernel" ? "Linux" : what} ${version}`);
  const lines = [
    field.doc,
    `Left out: ${field.absent}. Example: \`${JSON.stringify(field.example)}\`.`,
    ...(field.ip === undefined || field.ip === "" ? [] : [`\`ip\` words: \`${field.ip}\`.`]),
    ...(since.length > 0 ? [`Since ${since.join(" and ")}.`] : []),
    ...(field.families === undefined ? [] : [`Only for ${field.families.join(", ")}.`]),
  ];
  return `  /**\n${lines.map((line) => `   * ${line}\n`).join("")}   */\n`;
}

function interfaceOf(name: string, doc: string, table: FieldTable | AttributeTable, source: string, base?: string): string {
  const fields = Object.entries(table).map(([field, descriptor]) => {
    const type = nested[`${name}.${field}`] ?? nested[field] ?? `pulumi.Input<NonNullable<Inputs<typeof ${source}>["${field}"]>>`;
    return `${comment(descriptor)}  ${field}${required.has(`${name}.${field}`) || field === "connection" ? "" : "?"}: ${type};\n`;
  });
  return `/** ${doc} */\nexport interface ${name}${base === undefined ? "" : ` extends ${base}`} {\n${fields.join("")}}\n`;
}

/** A resource of one entry. */
const both = (name: string, doc: string, entry: string): string =>
  `/** ${doc} */\nexport interface ${name} extends HostResourceArgs, ${entry} {}\n`;

export function argumentsText(): string {
  return `// Generated from the descriptors in src/spec by \`npm run generate\`. Do not edit.
import type * as pulumi from "@pulumi/pulumi";
import type { entryFields } from "../spec/adopt";
import type { Inputs } from "../spec/attribute";
import type { commonFields } from "../spec/common";
import type { connectionFields, proxyFields } from "../spec/connection";
import type { expectationFields } from "../spec/expectation";
import type { guardFields, probeFields } from "../spec/guard";
import type { hostRoutingFields } from "../spec/hostRouting";
import type { multihomedFields } from "../spec/multihomed/multihomed";
import type { sideFields, uplinkFields } from "../spec/multihomed/uplink";
import type { nexthopAttributes } from "../spec/nexthop/attributes";
import type { memberFields } from "../spec/nexthop/group";
import type { routeAttributes } from "../spec/route/attributes";
import type { nexthopFields } from "../spec/route/nexthops";
import type { routingTableAttributes } from "../spec/routingTable";
import type { ruleAttributes } from "../spec/rule/rule";

${[
  interfaceOf("ProxyConnectionArgs", "How to reach a jump host.", proxyFields, "proxyFields"),
  interfaceOf(
    "ConnectionArgs",
    "How to reach a host. An object of @pulumi/command's `remote.Connection` fits as it is.",
    connectionFields,
    "connectionFields",
  ),
  interfaceOf("ProbeArgs", "A check that runs on the host before and after a change.", probeFields, "probeFields"),
  interfaceOf("GuardArgs", "The timed undo on the host and the checks that a change must pass.", guardFields, "guardFields"),
  interfaceOf("HostResourceArgs", "What every resource has.", commonFields, "commonFields"),
  interfaceOf("RuleArgs", "What `ip rule` says of one rule.", ruleAttributes, "ruleAttributes"),
  both("PolicyRuleArgs", "One rule: `ip rule`.", "RuleArgs"),
  interfaceOf("NexthopArgs", "One of several next hops of a route.", nexthopFields, "nexthopFields"),
  interfaceOf("RouteArgs", "What `ip route` says of one route.", routeAttributes, "routeAttributes"),
  both("PolicyRouteArgs", "One route: `ip route`.", "RouteArgs"),
  interfaceOf("MemberArgs", "One member of a group of next hops.", memberFields, "memberFields"),
  interfaceOf("NexthopObjectArgs", "What `ip nexthop` says of one next hop object or group.", nexthopAttributes, "nexthopAttributes"),
  both("NextHopArgs", "One next hop object or group: `ip nexthop`.", "NexthopObjectArgs"),
  interfaceOf("TableArgs", "A table's number and name.", routingTableAttributes, "routingTableAttributes"),
  both("RoutingTableArgs", "A table's name.", "TableArgs"),
  interfaceOf("ExpectationArgs", "What a packet looks like, and where it must go.", expectationFields, "expectationFields"),
  interfaceOf("EntryArgs", "What an entry of HostRouting may say beside its object.", entryFields, "entryFields"),
  interfaceOf("HostRoutingArgs", "Everything about one host.", hostRoutingFields, "hostRoutingFields", "HostResourceArgs"),
  interfaceOf("UplinkSideArgs", "One address family of an uplink.", sideFields, "sideFields"),
  interfaceOf("UplinkArgs", "One uplink of a host.", uplinkFields, "uplinkFields"),
  interfaceOf("MultihomedArgs", "The uplinks of a host, and what is to be made of them.", multihomedFields, "multihomedFields"),
].join("\n")}`;
}
