import { everythingOf } from "../../declaration/address";
import type { Family } from "../../declaration/family";
import { defaultMetric } from "../../declaration/route/key";
import type { Route } from "../../declaration/route/route";
import { describe as describeRoute } from "../../kernel/route/route";
import { describe as describeRule } from "../../kernel/rule/rule";
import { type ConfigurationFile, type Declaration, nameFiles, Refusals } from "./declaration";
import { routeKeys, ruleKeys } from "./keyfileKeys";
import { write } from "./keys";
import { noDevice, placesOf } from "./places";

const folder = "/etc/NetworkManager";
/** Numbers that the lines of a connection of one's own do not have. */
const first = 101;
const sections: Readonly<Record<Family, string>> = { inet: "ipv4", inet6: "ipv6" };
const nowhere: Readonly<Record<Family, string>> = { inet: "0.0.0.0", inet6: "::" };

interface Line {
  readonly device: string;
  readonly family: Family;
  readonly name: "route" | "routing-rule";
  readonly value: string;
  readonly options?: string;
}

/**
 * NetworkManager keeps rules and routes with a connection, of which it takes no drop-ins: what is printed for a device is to be appended to the
 * keyfile of its connection, where sections that come twice are one. What needs no device is a connection of its own, by `lo`.
 */
export function renderKeyfile(declaration: Declaration): ConfigurationFile[] {
  const refusals = new Refusals("NetworkManager", "NetworkManager 1.52");
  const places = placesOf(declaration, refusals);
  for (const { nhid } of declaration.nexthops) refusals.add(`ip nexthop id ${nhid}`, "nhid", "NetworkManager makes no next hop objects");
  refusals.addSettings(declaration.settings);
  const lines: Line[] = [
    ...declaration.routes.map((route): Line => {
      const options = write(routeKeys, route, describeRoute(route), refusals).lines.join(",");
      const device = places.route(route)[0] ?? noDevice;
      return { device, family: route.family, name: "route", value: routeValue(route), ...(options === "" ? {} : { options }) };
    }),
    ...declaration.rules.map(
      (rule): Line => ({
        device: places.rule(rule)[0] ?? noDevice,
        family: rule.family,
        name: "routing-rule",
        value: write(ruleKeys, rule, describeRule(rule), refusals).lines.join(" "),
      }),
    ),
  ];
  refusals.refuse();
  const devices = [...new Set(lines.map(({ device }) => device))].sort();
  return [
    ...nameFiles(declaration.tables),
    ...devices.map((device) =>
      fileOf(
        device,
        lines.filter((line) => line.device === device),
      ),
    ),
  ];
}

/** Always with its metric: without one NetworkManager gives that of the device. */
const routeValue = ({ family, destination, via, metric }: Route): string =>
  [destination === "default" ? everythingOf(family) : destination, via ?? nowhere[family], metric ?? defaultMetric[family]].join(",");

function fileOf(device: string, lines: readonly Line[]): ConfigurationFile {
  const section = (family: Family): string[] => {
    const numbers = { route: first, "routing-rule": first };
    const own = lines
      .filter((line) => line.family === family)
      .flatMap(({ name, value, options }) => {
        const key = `${name}${numbers[name]++}`;
        return [`${key}=${value}`, ...(options === undefined ? [] : [`${key}_options=${options}`])];
      });
    return own.length === 0 && device !== noDevice
      ? []
      : [`[${sections[family]}]`, ...(device === noDevice ? addresses[family] : []), ...own, ""];
  };
  const text = (...head: readonly string[]): string => [...head, ...section("inet"), ...section("inet6")].join("\n");
  if (device === noDevice)
    return {
      path: `${folder}/system-connections/policy-routing.nmconnection`,
      text: text(
        "# Needs NetworkManager 1.42 or later, with mode 600.",
        "[connection]",
        "id=policy-routing",
        "type=loopback",
        "interface-name=lo",
        "",
      ),
    };
  return {
    path: `${folder}/policy-routing/${device}`,
    text: text(`# Append this to the keyfile of the connection of ${device}: sections that come twice are one.`),
  };
}

/** Those that the kernel gave it: a connection says all that its device has. */
const addresses: Readonly<Record<Family, readonly string[]>> = {
  inet: ["method=manual", "address1=127.0.0.1/8"],
  inet6: ["method=manual", "address1=::1/128"],
};
