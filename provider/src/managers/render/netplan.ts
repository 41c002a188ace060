import { describe as describeRoute } from "../../kernel/route/route";
import { describe as describeRule } from "../../kernel/rule/rule";
import { type ConfigurationFile, type Declaration, nameFiles, Refusals } from "./declaration";
import { write } from "./keys";
import { routeKeys, ruleKeys, scalar } from "./netplanKeys";
import { noDevice, placesOf } from "./places";

const path = "/etc/netplan/90-policy-routing.yaml";
/** A netplan that knows no such key refuses the file: 0.101, of Debian 11, was seen to. */
const isNewer = (line: string): boolean => /^(congestion-window|advertised-receive-window):/.test(line);
const needs = "# Needs a netplan newer than 0.101, which refuses all of it for congestion-window and advertised-receive-window.";
const heading = [
  "# netplan joins this with what other files say of the same devices. Mode 600. A bond, a bridge or a VLAN is to stand below that, not below ethernets.",
  "network:",
  "  version: 2",
  "  ethernets:",
];

/** One file: netplan joins lists of the same device. */
export function renderNetplan(declaration: Declaration): ConfigurationFile[] {
  const refusals = new Refusals("netplan", "netplan 0.106");
  const places = placesOf(declaration, refusals);
  for (const { nhid } of declaration.nexthops) refusals.add(`ip nexthop id ${nhid}`, "nhid", "netplan makes no next hop objects");
  refusals.addSettings(declaration.settings);
  const entries = [
    ...declaration.routes.map((route) => ({
      device: places.route(route)[0] ?? noDevice,
      list: "routes",
      lines: write(routeKeys, route, describeRoute(route), refusals).lines,
    })),
    ...declaration.rules.map((rule) => ({
      device: places.rule(rule)[0] ?? noDevice,
      list: "routing-policy",
      lines: write(ruleKeys, rule, describeRule(rule), refusals).lines,
    })),
  ];
  refusals.refuse();
  if (entries.length === 0) return nameFiles(declaration.tables);
  const devices = [...new Set(entries.map(({ device }) => device))].sort();
  const needed = entries.some((one) => one.lines.some(isNewer)) ? [needs] : [];
  const lines = devices.flatMap((device) => [
    `    ${scalar(device)}:`,
    ...["routes", "routing-policy"].flatMap((list) => {
      const own = entries.filter((one) => one.device === device && one.list === list);
      const items = own.flatMap(({ lines: [first, ...rest] }) => [`        - ${first}`, ...rest.map((line) => `          ${line}`)]);
      return items.length === 0 ? [] : [`      ${list}:`, ...items];
    }),
  ]);
  return [...nameFiles(declaration.tables), { path, text: [...needed, ...heading, ...lines, ""].join("\n") }];
}
