import { markdownTable } from "markdown-table";
import type { Attribute, Field, FieldTable } from "../provider/src/declaration/attribute";
import { connectionFields } from "../provider/src/declaration/connection";
import { allKinds } from "../provider/src/declaration/entryKinds";
import { commonFields } from "../provider/src/declaration/everyResource";
import { expectationFields } from "../provider/src/declaration/expectation";
import { fleetFields } from "../provider/src/declaration/fleet";
import { guardFields, probeFields } from "../provider/src/declaration/guard";
import { hostRoutingFields } from "../provider/src/declaration/hostRouting";
import { multihomedFields } from "../provider/src/declaration/multihomed/multihomed";
import { uplinkFields } from "../provider/src/declaration/multihomed/uplink";
import { providerFields } from "../provider/src/declaration/providerConfiguration";

/** The reference tables of the documents, from the descriptors. */
const tables: Readonly<Record<string, FieldTable>> = {
  common: commonFields,
  ...Object.fromEntries(allKinds.map(({ word, fields }) => [word, fields])),
  hostRouting: hostRoutingFields,
  expectation: expectationFields,
  multihomed: multihomedFields,
  uplink: uplinkFields,
  fleet: fleetFields,
  connection: connectionFields,
  guard: guardFields,
  probe: probeFields,
  provider: providerFields,
};

const cell = (text: string): string => text.replaceAll("|", "\\|");

function meaning(field: Field & Partial<Pick<Attribute, "since">>): string {
  const since = Object.entries(field.since ?? {}).map(([what, version]) => `${what === "kernel" ? "Linux" : what} ${version}`);
  const families = field.families === undefined ? "" : ` Only for ${field.families.join(", ")}.`;
  return `${field.doc}${families}${since.length === 0 ? "" : ` Since ${since.join(" and ")}.`}`;
}

function tableOf(fields: FieldTable): string {
  const withIp = Object.values(fields).some((field) => "ip" in field);
  const rows = Object.entries(fields).map(([name, field]) => {
    const ip = "ip" in field && typeof field.ip === "string" ? [`\`${field.ip}\``] : withIp ? [""] : [];
    return [`\`${name}\``, meaning(field), field.absent, `\`${JSON.stringify(field.example)}\``, ...ip].map(cell);
  });
  return markdownTable([["field", "meaning", "left out", "example", ...(withIp ? ["`ip`"] : [])], ...rows], {
    alignDelimiters: false,
    padding: true,
    stringLength: () => 3,
  });
}

/** Puts each table between its marks. A mark that nothing is generated for is a mistake. */
export function withTables(document: string, more: Readonly<Record<string, string>>): string {
  return document.replace(/<!-- generated: (\w+) -->\n[\s\S]*?<!-- \/generated -->/g, (_, name: string) => {
    const fields = tables[name];
    const text = fields === undefined ? more[name] : tableOf(fields);
    if (text === undefined) throw new Error(`nothing is generated for ${name}`);
    return `<!-- generated: ${name} -->\n\n${text}\n\n<!-- /generated -->`;
  });
}
