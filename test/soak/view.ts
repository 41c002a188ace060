import type { Host } from "../lab/lab";

/** A host as the lab sees it, without the product: what stands at each key, in sequence, as `proto NUMBER: text`. */
export type View = ReadonlyMap<string, readonly string[]>;

type Json = Readonly<Record<string, unknown>>;
export type Family = "inet" | "inet6";
export const families = ["inet", "inet6"] as const;

const text = (json: Json, name: string, absent = "-"): string => String(json[name] ?? absent);
const prefix = (json: Json, name: string): string =>
  json[name] === undefined ? "all" : `${text(json, name)}${json[`${name}len`] === undefined ? "" : `/${text(json, `${name}len`)}`}`;

/** What a rule says, in this module's own words. */
export function ruleText(json: Json): string {
  const mark = json["fwmark"] === undefined ? "-" : `${text(json, "fwmark")}/${text(json, "fwmask", "0xffffffff")}`;
  const then = json["table"] === undefined ? `action ${text(json, "action")}` : `table ${text(json, "table")}`;
  const others = `${text(json, "iif")} ${mark} ${text(json, "ipproto")} ${text(json, "dport")}`;
  return `proto ${text(json, "protocol")}: ${prefix(json, "src")} ${prefix(json, "dst")} ${others} ${then}`;
}

export function routeText(json: Json): string {
  const isUnicast = text(json, "type", "1") === "1";
  const hop = isUnicast ? `${text(json, "gateway")} ${text(json, "dev")}` : `type ${text(json, "type")}`;
  return `proto ${text(json, "protocol")}: ${hop} ${text(json, "prefsrc")}`;
}

export function routeKeyOf(json: Json, family: Family): string {
  const metric = json["metric"] === undefined || (family === "inet6" && json["metric"] === 1024) ? "" : ` metric ${text(json, "metric")}`;
  const table = text(json, "table", "254");
  return `route ${family} table ${table === "254" ? "main" : table} ${text(json, "dst")}${metric}`;
}

/** All rules and the routes of all tables but the local one. */
export async function viewOf(host: Host): Promise<View> {
  const view = new Map<string, string[]>();
  const add = (key: string, entry: string): void => void view.set(key, [...(view.get(key) ?? []), entry]);
  for (const family of families) {
    const dash = family === "inet" ? "-4" : "-6";
    for (const rule of await host.ip(`${dash} rule show`)) add(`rule ${family} ${text(rule, "priority")}`, ruleText(rule));
    for (const route of await host.ip(`${dash} route show table all`))
      if (text(route, "table", "254") !== "255") add(routeKeyOf(route, family), routeText(route));
  }
  return view;
}

const at = (view: View, key: string): readonly string[] => view.get(key) ?? [];
const isOurs = (entry: string): boolean => entry.startsWith("proto 214: ") || entry.startsWith("proto 215: ");

export const oursAt = (view: View, key: string): readonly string[] => at(view, key).filter(isOurs);
const foreignAt = (view: View, key: string): readonly string[] => at(view, key).filter((entry) => !isOurs(entry));
export const isEqual = (a: readonly string[], b: readonly string[]): boolean => a.join("\n") === b.join("\n");

const keysOf = (...views: readonly View[]): string[] => [...new Set(views.flatMap((view) => [...view.keys()]))];
export const oursKeys = (view: View): string[] => keysOf(view).filter((key) => oursAt(view, key).length > 0);
/** The keys at which two views differ in what is ours, and in what is not. */
export const ourChanges = (a: View, b: View): string[] => keysOf(a, b).filter((key) => !isEqual(oursAt(a, key), oursAt(b, key)));
export const foreignChanges = (a: View, b: View): string[] => keysOf(a, b).filter((key) => !isEqual(foreignAt(a, key), foreignAt(b, key)));

/** What lies in the product's folder on the host. */
export interface Standing {
  /** Owner of each key, by the register. */
  readonly register: ReadonlyMap<string, string>;
  /** Transactions whose guard is armed or at work. */
  readonly open: readonly string[];
  readonly lock: string;
  /** Everything, for a person. */
  readonly text: string;
}

const look = `cd /run/policy-routing 2>/dev/null || exit 0
ls -d t-*/armed t-*/firing* 2>/dev/null
echo ==
cat register 2>/dev/null
echo ==
cat $(ls -d lock.* 2>/dev/null | sort -t. -k2n | tail -n 1) /dev/null
echo ==
cut -d. -f1 /proc/uptime
for t in t-*; do [ ! -d "$t" ] || { echo "$t:" $(ls "$t"); cat "$t/result" 2>/dev/null; }; done
tail -n 5 /var/log/policy-routing.log 2>/dev/null
:`;

export async function standingOf(host: Host): Promise<Standing> {
  const whole = await host.exec(look);
  const [open = "", journal = "", lock = "", rest = ""] = whole.split(/^==\n/m);
  const register = new Map<string, string>();
  for (const line of journal.split("\n").filter((one) => one !== "")) {
    const [key = "", id] = line.split("\t");
    if (id === undefined) register.delete(key);
    else register.set(key, id);
  }
  return { register, open: open.split("\n").filter((line) => line !== ""), lock, text: `${lock}${rest}` };
}
