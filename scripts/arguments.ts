import type { AttributeTable, Field, FieldTable } from "../provider/src/spec/attribute";
import { commonFields } from "../provider/src/spec/common";
import { connectionFields, proxyFields } from "../provider/src/spec/connection";
import { guardFields, probeFields } from "../provider/src/spec/guard";
import { nexthopAttributes } from "../provider/src/spec/nexthop/attributes";
import { memberFields } from "../provider/src/spec/nexthop/group";
import { routeAttributes } from "../provider/src/spec/route/attributes";
import { nexthopFields } from "../provider/src/spec/route/nexthops";
import { routingTableAttributes } from "../provider/src/spec/routingTable";
import { ruleAttributes } from "../provider/src/spec/rule/rule";

/** The argument interfaces of the resources, from the descriptors: types by reference, documentation as text, so that editors show it. */
const required = new Set([
  "PolicyRuleArgs.priority",
  "PolicyRouteArgs.destination",
  "NextHopArgs.nhid",
  "MemberArgs.nhid",
  "RoutingTableArgs.tableId",
  "RoutingTableArgs.name",
  "ConnectionArgs.host",
  "ProxyConnectionArgs.host",
]);

/** Fields whose value is an interface of its own, so that parts of it may be outputs. */
const nested: Readonly<Record<string, string>> = {
  "ConnectionArgs.proxy": "pulumi.Input<ProxyConnectionArgs>",
  "GuardArgs.probes": "pulumi.Input<pulumi.Input<ProbeArgs>[]>",
  "PolicyRouteArgs.nexthops": "pulumi.Input<pulumi.Input<NexthopArgs>[]>",
  "NextHopArgs.group": "pulumi.Input<pulumi.Input<MemberArgs>[]>",
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

export function argumentsText(): string {
  return `// Generated from the descriptors in src/spec by \`npm run generate\`. Do not edit.
import type * as pulumi from "@pulumi/pulumi";
import type { Inputs } from "../spec/attribute";
import type { commonFields } from "../spec/common";
import type { connectionFields, proxyFields } from "../spec/connection";
import type { guardFields, probeFields } from "../spec/guard";
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
  interfaceOf("PolicyRuleArgs", "One rule: `ip rule`.", ruleAttributes, "ruleAttributes", "HostResourceArgs"),
  interfaceOf("NexthopArgs", "One of several next hops of a route.", nexthopFields, "nexthopFields"),
  interfaceOf("PolicyRouteArgs", "One route: `ip route`.", routeAttributes, "routeAttributes", "HostResourceArgs"),
  interfaceOf("MemberArgs", "One member of a group of next hops.", memberFields, "memberFields"),
  interfaceOf("NextHopArgs", "One next hop object or group: `ip nexthop`.", nexthopAttributes, "nexthopAttributes", "HostResourceArgs"),
  interfaceOf("RoutingTableArgs", "A table's name.", routingTableAttributes, "routingTableAttributes", "HostResourceArgs"),
].join("\n")}`;
}
