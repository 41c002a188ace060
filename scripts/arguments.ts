import { entryFields } from "../provider/src/declaration/adopt";
import { type AttributeTable, type Field, type FieldTable, required } from "../provider/src/declaration/attribute";
import { connectionFields, proxyFields } from "../provider/src/declaration/connection";
import { connectionDefaultsFields } from "../provider/src/declaration/connectionDefaults";
import { allKinds } from "../provider/src/declaration/entryKinds";
import { commonFields } from "../provider/src/declaration/everyResource";
import { expectationFields, flowFields } from "../provider/src/declaration/expectation";
import { families } from "../provider/src/declaration/family";
import { fleetFields, fleetHostFields } from "../provider/src/declaration/fleet";
import { addressesOfFields, gatewayOfFields } from "../provider/src/declaration/followed";
import { getHostResultFields, hostAddressFields, hostGatewayFields, lookupResultFields } from "../provider/src/declaration/functions";
import { guardFields, probeFields } from "../provider/src/declaration/guard";
import { hostRoutingFields } from "../provider/src/declaration/hostRouting";
import { multihomedFields } from "../provider/src/declaration/multihomed/multihomed";
import { sideFields, uplinkFields } from "../provider/src/declaration/multihomed/uplink";
import { providerFields } from "../provider/src/declaration/providerConfiguration";
import { tableSchema } from "../provider/src/declaration/tableNumber";
import { inputType, outputType, plainType } from "./types";

export interface Interface {
  readonly name: string;
  readonly doc: string;
  readonly fields: FieldTable | AttributeTable;
  /** What it is besides, with the fields that it has of there. */
  readonly base?: readonly [name: string, fields?: FieldTable];
}

/** As a program reads them: what decides for packets first. */
const kinds = [...allKinds].reverse();

/** The argument interfaces of the resources, from the descriptors: plain types, and the documentation as text, so that editors show both. */
export const interfaces: readonly Interface[] = [
  { name: "ProxyConnectionArgs", doc: "How to reach a jump host.", fields: proxyFields },
  {
    name: "ConnectionArgs",
    doc: "How to reach a host. An object of @pulumi/command's `remote.Connection` fits as it is.",
    fields: connectionFields,
    base: ["ProxyConnectionArgs", proxyFields],
  },
  {
    name: "ConnectionDefaultsArgs",
    doc: "What connections leave out: the fields of a connection that may be said once for all, which are all but `host`.",
    fields: connectionDefaultsFields,
    base: ['Omit<ConnectionArgs, "host">', connectionFields],
  },
  { name: "ProviderArgs", doc: "How hosts are reached, and whose the entries are.", fields: providerFields },
  { name: "ProbeArgs", doc: "A check that runs on the host before and after a change.", fields: probeFields },
  { name: "GuardArgs", doc: "The timed undo on the host and the checks that a change must pass.", fields: guardFields },
  { name: "HostResourceArgs", doc: "What every resource has.", fields: commonFields },
  { name: "AddressesOfArgs", doc: "The addresses of a device, whatever they are on the host.", fields: addressesOfFields },
  { name: "GatewayOfArgs", doc: "The gateway of a device, whatever it is on the host.", fields: gatewayOfFields },
  ...kinds.flatMap(({ args, fields, parts = [] }) => [...parts, { ...args, fields }]),
  {
    name: "ExpectationArgs",
    doc: "What a packet looks like, and where it must go.",
    fields: expectationFields,
    base: ["FlowArgs", flowFields],
  },
  { name: "FlowArgs", doc: "What a packet looks like.", fields: flowFields },
  { name: "EntryArgs", doc: "What an entry of HostRouting may say beside its object.", fields: entryFields },
  { name: "HostRoutingArgs", doc: "Everything about one host.", fields: hostRoutingFields, base: ["HostResourceArgs"] },
  { name: "UplinkSideArgs", doc: "One address family of an uplink.", fields: sideFields },
  { name: "UplinkArgs", doc: "One uplink of a host.", fields: uplinkFields, base: ["UplinkSideArgs", sideFields] },
  { name: "MultihomedArgs", doc: "The uplinks of a host, and what is to be made of them.", fields: multihomedFields },
  {
    name: "FleetHostArgs",
    doc: "One host of a fleet: the fields of MultihomedHost where it names uplinks, else those of HostRouting.",
    fields: fleetHostFields,
    base: [
      "HostRoutingArgs, Partial<MultihomedArgs>",
      { ...commonFields, ...hostRoutingFields, ...multihomedFields, uplinks: fleetHostFields.uplinks },
    ],
  },
  { name: "FleetArgs", doc: "Hosts, and how they are dealt out over waves.", fields: fleetFields },
];

/** What functions answer. */
export const results: readonly Interface[] = [
  { name: "HostAddress", doc: "An address of a host.", fields: hostAddressFields },
  { name: "HostGateway", doc: "A gateway of a default route.", fields: hostGatewayFields },
  { name: "GetHostResult", doc: "A host as it is now.", fields: getHostResultFields },
  { name: "LookupResult", doc: "What becomes of a packet on a host.", fields: lookupResultFields },
];

/** Resources of one entry: what every resource has, and what the entry has. */
export const resources: readonly (readonly [name: string, doc: string, entry: string])[] = kinds.map(({ resource, doc, args }) => [
  `${resource}Args`,
  doc,
  args.name,
]);

/** The interfaces of which a table is put together; one where it is that one's. */
export function partsOf(fields: FieldTable): readonly Interface[] {
  const parts = [...interfaces, ...results].filter((one) => Object.entries(one.fields).every(([name, field]) => fields[name] === field));
  const whole = parts.find((one) => Object.keys(one.fields).length === Object.keys(fields).length);
  const named = new Set(parts.flatMap((one) => Object.keys(one.fields)));
  const missing = Object.keys(fields).filter((name) => !named.has(name));
  if (missing.length > 0) throw new Error(`no interface for ${missing.join(", ")}`);
  return whole === undefined ? parts : [whole];
}

const nameOf = (fields: FieldTable): string =>
  partsOf(fields)
    .map(({ name }) => name)
    .join(" & ");

/** What a person reads of a field beside its type, a sentence or two a line. */
export function linesOf(field: Field & { ip?: string; since?: { iproute2?: string; kernel?: string } }): string[] {
  const since = Object.entries(field.since ?? {}).map(([what, version]) => `${what === "kernel" ? "Linux" : what} ${version}`);
  return [
    field.doc,
    `Left out: ${field.absent}. Example: \`${JSON.stringify(field.example)}\`.`,
    ...(field.ip === undefined || field.ip === "" ? [] : [`\`ip\` words: \`${field.ip}\`.`]),
    ...(since.length > 0 ? [`Since ${since.join(" and ")}.`] : []),
    ...(field.families === undefined ? [] : [`Only for ${field.families.join(", ")}.`]),
  ];
}

const comment = (field: Field): string =>
  `  /**\n${linesOf(field)
    .map((line) => `   * ${line}\n`)
    .join("")}   */\n`;

function interfaceOf({ name, doc, fields, base }: Interface): string {
  const [more, inherited = {}] = base ?? [];
  const own = Object.entries(fields).filter(([field, descriptor]) => descriptor !== inherited[field]);
  const members = own.map(
    ([field, descriptor]) =>
      `${comment(descriptor)}  ${field}${descriptor.absent === required ? "" : "?"}: ${inputType(descriptor, nameOf)};\n`,
  );
  return `/** ${doc} */\nexport interface ${name}${more === undefined ? "" : ` extends ${more}`} {\n${members.join("")}}\n`;
}

function resultOf({ name, doc, fields }: Interface): string {
  const members = Object.entries(fields).map(
    ([field, descriptor]) =>
      `${comment(descriptor)}  readonly ${field}${descriptor.absent === required ? "" : "?"}: ${outputType(descriptor, nameOf)};\n`,
  );
  return `/** ${doc} */\nexport interface ${name} {\n${members.join("")}}\n`;
}

export function argumentsText(): string {
  return `// Generated from the descriptors in src/declaration by \`npm run generate\`. Do not edit.
import type * as pulumi from "@pulumi/pulumi";

/** Address family, in the words of \`ip -family\`: IPv4 or IPv6. */
export type Family = ${families.map((family) => JSON.stringify(family)).join(" | ")};

/** A routing table: its number, or the name of one of the kernel's own. */
export type Table = ${plainType(tableSchema, nameOf)};

${[
  ...interfaces.map(interfaceOf),
  ...results.map(resultOf),
  ...resources.map(([name, doc, entry]) => `/** ${doc} */\nexport interface ${name} extends HostResourceArgs, ${entry} {}\n`),
].join("\n")}`;
}
