import type { Fields } from "./protocol";

/** What `ip -j -N -d` says of an entry, in this lab's own words and never in the product's. */
export type Json = Readonly<Record<string, unknown>>;
export type Family = "inet" | "inet6";
export const families = ["inet", "inet6"] as const;

/** The tags of the stacks, of which the second one has one or another; the odd number behind each is its STAGING. */
export const tags = { first: 214, second: 220, other: 228 } as const;

/** The name of an entry of ours: its key, with the tag behind it where that is not the usual one. */
export const slotOf = (key: string, tag: number): string => (tag === tags.first ? key : `${key} proto ${tag}`);

const word = (json: Json, name: string, absent = "-"): string => String(json[name] ?? absent);
const prefix = (json: Json, name: string): string =>
  json[name] === undefined ? "all" : `${word(json, name)}${json[`${name}len`] === undefined ? "" : `/${word(json, `${name}len`)}`}`;

export const ruleKey = (json: Json, family: Family): string => `rule ${family} ${word(json, "priority")}`;

export function ruleText(json: Json): string {
  const mark = json["fwmark"] === undefined ? "-" : `${word(json, "fwmark")}/${word(json, "fwmask", "0xffffffff")}`;
  const then = json["table"] === undefined ? `action ${word(json, "action")}` : `table ${word(json, "table")}`;
  return `${prefix(json, "src")} ${prefix(json, "dst")} ${word(json, "iif")} ${mark} ${word(json, "ipproto")} ${word(json, "dport")} ${then}`;
}

export function routeKey(json: Json, family: Family): string {
  const metric = json["metric"] === undefined || (family === "inet6" && json["metric"] === 1024) ? "" : ` metric ${word(json, "metric")}`;
  const table = word(json, "table", "254");
  return `route ${family} table ${table === "254" ? "main" : table} ${word(json, "dst")}${metric}`;
}

/** What a route by an object shows of the object says nothing of the route. */
export function routeText(json: Json): string {
  const byObject = json["nhid"] !== undefined;
  const isUnicast = word(json, "type", "1") === "1";
  const hop = byObject
    ? `nhid ${word(json, "nhid")}`
    : isUnicast
      ? `${word(json, "gateway")} ${word(json, "dev")}`
      : `type ${word(json, "type")}`;
  return `${hop} ${word(json, "prefsrc")} ${mtuOf(json)}`;
}

function mtuOf(json: Json): string {
  const [metrics] = Array.isArray(json["metrics"]) ? json["metrics"] : [];
  return metrics === undefined ? "-" : JSON.stringify(metrics);
}

export const nexthopKey = (json: Json): string => `nexthop ${word(json, "id")}`;

export function nexthopText(json: Json): string {
  const { group } = json;
  if (Array.isArray(group))
    return `group ${group.map((member: Json) => `${word(member, "id")} x ${word(member, "weight", "1")}`).join(", ")}`;
  return "blackhole" in json ? "blackhole" : `${word(json, "gateway")} ${word(json, "dev")}`;
}

export const sysctlKey = (file: string, device: string): string => `sysctl ${file} ${device}`;
export const tableKey = (number: string): string => `table ${number}`;

/** Without what is not said. */
export const defined = (fields: Fields): Fields => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
