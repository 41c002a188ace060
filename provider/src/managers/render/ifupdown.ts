import type { Context } from "../../declaration/attribute";
import { nexthopAttributes } from "../../declaration/nexthop/attributes";
import { routeAttributes } from "../../declaration/route/attributes";
import { ruleAttributes } from "../../declaration/rule/rule";
import { isOfDevices, sysctlPath } from "../../declaration/sysctl/sysctl";
import type { NamedTable } from "../../declaration/table/table";
import { type Table, tableNumber } from "../../declaration/tableNumber";
import { wantedNexthop } from "../../kernel/nexthop/nexthop";
import { namedForDeletion, wantedRoute } from "../../kernel/route/route";
import { wantedRule } from "../../kernel/rule/rule";
import { wantedSysctl } from "../../kernel/sysctl/sysctl";
import { wordsOf } from "../../kernel/words";
import { type ConfigurationFile, type Declaration, nameFiles, Refusals } from "./declaration";
import { noDevice, placesOf } from "./places";

const file = "/etc/network/interfaces.d/policy-routing";
const heading = [
  "# Further stanzas of devices that /etc/network/interfaces brings up: they must be read after the others of the same device.",
  "# What a device's way down took along is no failure: || true.",
];

/** One object: what brings it and takes it away, and the stage at which it is made. */
interface Line {
  readonly device: string;
  readonly stage: number;
  readonly up: string;
  /** A setting stays as it is. */
  readonly down?: string;
}

/** The lines go through a shell. */
const quote = (word: string): string => (/^[A-Za-z0-9_./:@%+,=-]+$/.test(word) ? word : `'${word}'`);
const shell = (...words: readonly string[]): string => words.map(quote).join(" ");

/** With the names that are declared, as a person would write it. */
function tableByName(tables: readonly NamedTable[]) {
  const names = new Map(tables.map(({ tableId, name }) => [tableId, name]));
  return (table: Table): string[] => ["table", names.get(tableNumber(table)) ?? String(tableNumber(table))];
}

/** The how-to's own way: `post-up ip ...` in /etc/network/interfaces, and `pre-down` for the way back. */
export function renderIfupdown(declaration: Declaration): ConfigurationFile[] {
  const refusals = new Refusals("ifupdown");
  const places = placesOf(declaration, refusals);
  const words = tableByName(declaration.tables);
  const routes = { ...routeAttributes, table: { ...routeAttributes.table, words } };
  const rules = { ...ruleAttributes, table: { ...ruleAttributes.table, words } };
  const family = (inet6: boolean): string[] => (inet6 ? ["-6"] : []);
  const placed = (devices: readonly string[], object: string, attribute: string): string => {
    if (devices.length > 1)
      refusals.add(object, attribute, `goes by ${devices.join(" and ")}, which ifupdown brings up one after the other`);
    return devices[0] ?? noDevice;
  };
  const lines: Line[] = [
    ...declaration.settings.map((setting): Line => {
      const { stage } = wantedSysctl(setting);
      const device = isOfDevices(setting) && setting.device !== "all" && setting.device !== "default" ? setting.device : noDevice;
      return { device, stage, up: `echo ${setting.value} > ${shell(`/proc/sys/${sysctlPath(setting)}`)}` };
    }),
    ...declaration.nexthops.map((nexthop): Line => {
      const { stage, label } = wantedNexthop(nexthop);
      return {
        device: placed(places.nexthop(nexthop), label, "group"),
        stage,
        up: shell("ip", ...family(nexthop.family === "inet6"), "nexthop", "add", ...wordsOf(nexthopAttributes, nexthop)),
        down: shell("ip", "nexthop", "del", "id", String(nexthop.nhid)),
      };
    }),
    ...declaration.routes.map((route): Line => {
      const { stage, label } = wantedRoute(route);
      // Of a default by a gateway of the other family, ip would take the gateway's.
      const ofRoute = route.family === "inet" && route.via?.includes(":") === true ? ["-4"] : family(route.family === "inet6");
      const command = (verb: string, values: Context): string => shell("ip", ...ofRoute, "route", verb, ...wordsOf(routes, values));
      return {
        device: placed(places.route(route), label, route.nhid === undefined ? "nexthops" : "nhid"),
        stage,
        up: command("add", route),
        down: command("del", namedForDeletion(route)),
      };
    }),
    ...declaration.rules.map((rule): Line => {
      const command = (verb: string): string => shell("ip", ...family(rule.family === "inet6"), "rule", verb, ...wordsOf(rules, rule));
      return { device: places.rule(rule)[0] ?? noDevice, stage: wantedRule(rule).stage, up: command("add"), down: command("del") };
    }),
  ];
  refusals.refuse();
  if (lines.length === 0) return nameFiles(declaration.tables);
  const sorted = [...lines].sort((a, b) => a.stage - b.stage);
  const devices = [...new Set(lines.map(({ device }) => device))].sort();
  return [
    ...nameFiles(declaration.tables),
    { path: file, text: [...heading, ...devices.map((device) => stanza(device, sorted))].join("\n") },
  ];
}

function stanza(device: string, lines: readonly Line[]): string {
  const own = lines.filter((line) => line.device === device);
  const downs = own.toReversed().flatMap(({ down }) => (down === undefined ? [] : [`pre-down ${down} || true`]));
  return [`iface ${device} inet manual`, ...[...own.map(({ up }) => `post-up ${up}`), ...downs].map((line) => `\t${line}`), ""].join("\n");
}
