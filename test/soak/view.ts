import { readdir, readFile } from "node:fs/promises";
import { z } from "zod";
import type { Host } from "../lab/lab";
import { run } from "../lab/run";
import {
  type Family,
  type Json,
  nexthopKey,
  nexthopText,
  routeKey,
  routeText,
  ruleKey,
  ruleText,
  slotOf,
  sysctlKey,
  tableKey,
  tags,
} from "./words";

/** A host as the lab sees it, without the product. */
export interface View {
  /** What carries a tag of ours, what is named in our files, and the settings of devices: in sequence at each slot. */
  readonly ours: ReadonlyMap<string, readonly string[]>;
  /** All else that policy routing is about, a line each. Rules keep their order, which decides. */
  readonly foreign: readonly string[];
  /** All rules in sequence at each key, whoever's: among those of one priority the order decides. */
  readonly orders: ReadonlyMap<string, readonly string[]>;
}

const mark = "==";
/** By the controller's `ip`: the host's own may refuse, hang or lie. */
const look = `
for family in 4 6; do
  ip -$family -j -N -d rule show; echo; echo ${mark}
  ip -$family -j -N -d route show table all; echo; echo ${mark}
  ip -$family -N -d -o rule show; echo ${mark}
  ip -$family -N -d -o route show table all; echo ${mark}
done
ip -j -N -d nexthop show; echo; echo ${mark}
ip -N -d -o nexthop show; echo ${mark}
for device in eth0 eth1; do for file in rp_filter arp_ignore arp_announce; do
  read -r value </proc/sys/net/ipv4/conf/$device/$file; echo $file $device $value
done; done`;

const entries = z.array(z.record(z.string(), z.unknown()));
/** An empty table is no text, or one empty object. */
const parse = (text = ""): Json[] =>
  text.trim() === "" ? [] : entries.parse(JSON.parse(text)).filter((json) => Object.keys(json).length > 0);

export async function viewOf(host: Host): Promise<View> {
  const { stdout, stderr } = await run(["nsenter", `--net=/run/netns/${host.namespace}`, "sh", "-c", look]);
  if (stderr !== "") throw new Error(`${host.name} cannot be looked at: ${stderr}`);
  const parts = stdout.split(`${mark}\n`);
  const ours = new Map<string, string[]>();
  const foreign: string[] = [];
  const orders = new Map<string, string[]>();
  const add = (slot: string | undefined, text: string): void => {
    if (slot !== undefined) ours.set(slot, [...(ours.get(slot) ?? []), text]);
  };
  const one = (family: Family, [rules, routes, ruleLines, routeLines]: readonly string[]): void => {
    for (const json of parse(rules)) {
      const key = ruleKey(json, family);
      add(taggedSlot(key, json), ruleText(json));
      orders.set(key, [...(orders.get(key) ?? []), `${ruleText(json)} proto ${json["protocol"]}`]);
    }
    for (const json of parse(routes)) add(taggedSlot(routeKey(json, family), json), routeText(json));
    foreign.push(
      ...others(ruleLines, family),
      ...others(routeLines, family)
        .filter((line) => !/ table 255 /.test(line))
        .sort(),
    );
  };
  one("inet", parts.slice(0, 4));
  one("inet6", parts.slice(4, 8));
  for (const json of parse(parts[8])) add(taggedSlot(nexthopKey(json), json), nexthopText(json));
  foreign.push(...others(parts[9], "nexthop"));
  for (const line of linesOf(parts[10])) {
    const [file = "", device = "", value = ""] = line.split(" ");
    add(sysctlKey(file, device), value);
  }
  await addNames(host, add);
  return { ours, foreign, orders };
}

/** The slot of what carries a tag of ours; undefined for what is foreign. */
function taggedSlot(key: string, json: Json): string | undefined {
  const proto = Number(json["protocol"]);
  for (const tag of Object.values(tags)) {
    if (proto === tag) return slotOf(key, tag);
    if (proto === tag + 1) return slotOf(`${key} staging`, tag);
  }
  return undefined;
}

const isTagged = new RegExp(
  ` proto (${Object.values(tags)
    .flatMap((tag) => [tag, tag + 1])
    .join("|")})( |$)`,
);
const linesOf = (text = ""): string[] => text.split("\n").filter((line) => line.trim() !== "");
/** A second line, of an object by which a route goes, says what the object itself says. */
const others = (text: string | undefined, name: string): string[] =>
  linesOf(text)
    .filter((line) => !line.startsWith("\tnh_info") && !isTagged.test(line))
    .map((line) => `${name} ${line.replaceAll("\t", " ").replace(/ (expires \d+sec|linkdown|dead)(?= |$)/g, "")}`.trimEnd());

/** The names of tables in files of ours. */
async function addNames(host: Host, add: (slot: string, text: string) => void): Promise<void> {
  const folder = await host.file("/etc/iproute2/rt_tables.d");
  for (const file of await readdir(folder).catch(() => [])) {
    if (!file.startsWith("policy-routing-")) continue;
    const text = await readFile(`${folder}/${file}`, "utf8").catch(() => "");
    for (const [, number = "", name = ""] of text.matchAll(/^(\d+)\s+(\S+)$/gm)) add(tableKey(number), name);
  }
}

export const at = ({ ours }: View, slot: string): readonly string[] => ours.get(slot) ?? [];
export const isEqual = (a: readonly string[], b: readonly string[]): boolean => a.join("\n") === b.join("\n");

/** The slots at which two views differ. */
export const changes = (a: View, b: View): string[] =>
  [...new Set([...a.ours.keys(), ...b.ours.keys()])].filter((slot) => !isEqual(at(a, slot), at(b, slot)));

/** What one list has and the other has not, and whether they differ in their order. */
export function differences(was: readonly string[], is: readonly string[]): string[] {
  const less = was.filter((line) => !is.includes(line)).map((line) => `gone: ${line}`);
  const more = is.filter((line) => !was.includes(line)).map((line) => `new: ${line}`);
  const both = [...less, ...more];
  return both.length === 0 && !isEqual(was, is) ? ["the order, or how often"] : both;
}

/** The view of a second host as part of the first's. */
export const besides = (view: View, name: string, other: View): View => ({
  ours: new Map([...view.ours, ...[...other.ours].map(([slot, texts]): [string, readonly string[]] => [`${name}: ${slot}`, texts])]),
  foreign: [...view.foreign, ...other.foreign.map((line) => `${name}: ${line}`)],
  orders: view.orders,
});

/** Whether the rules at the priority of a slot stand in another sequence, ours and others together. */
export function isReordered(a: View, b: View, slot: string): boolean {
  const key = slot.replace(/( staging)?( proto \d+)?$/, "");
  const [before, after] = [a.orders.get(key) ?? [], b.orders.get(key) ?? []];
  const common = (some: readonly string[], others: readonly string[]): string[] => some.filter((one) => others.includes(one));
  return !isEqual(common(before, after), common(after, before));
}
