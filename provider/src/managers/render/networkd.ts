import type { Context } from "../../declaration/attribute";
import type { Nexthop } from "../../declaration/nexthop/nexthop";
import { describe as describeNexthop } from "../../kernel/nexthop/steps";
import { describe as describeRoute } from "../../kernel/route/route";
import { describe as describeRule } from "../../kernel/rule/rule";
import { type ConfigurationFile, type Declaration, nameFiles, Refusals } from "./declaration";
import { type Key, write } from "./keys";
import { nexthopKeys, routeKeys, ruleKeys } from "./networkdKeys";
import { noDevice, placesOf } from "./places";

interface Section {
  readonly device: string;
  readonly lines: readonly string[];
  readonly since: 247 | 252;
}

/** Without a gateway the family must be said; a group takes its members'. */
const withFamily = (nexthop: Nexthop): Context =>
  nexthop.via === undefined && nexthop.group === undefined ? { ...nexthop, family: nexthop.family ?? "inet" } : { ...nexthop };

/**
 * `[NextHop]`, `[Route]` and `[RoutingPolicyRule]` of systemd.network(5), in a drop-in for each device, for this version of systemd: an older
 * one passes over a key that it does not know, and makes the rest.
 */
export function renderNetworkd(declaration: Declaration, version = 252): ConfigurationFile[] {
  const refusals = new Refusals("systemd-networkd", "systemd 252");
  const places = placesOf(declaration, refusals);
  const section = (
    name: string,
    devices: readonly string[],
    keys: Readonly<Record<string, Key>>,
    values: Context,
    object: string,
  ): Section => {
    const { lines, since } = write(keys, values, object, refusals, version);
    return { device: devices[0] ?? noDevice, lines: [`[${name}]`, ...lines, ""], since: since ?? 247 };
  };
  refusals.addSettings(declaration.settings);
  const sections = [
    ...declaration.nexthops.map((one) => section("NextHop", places.nexthop(one), nexthopKeys, withFamily(one), describeNexthop(one))),
    ...declaration.routes.map((one) => section("Route", places.route(one), routeKeys, one, describeRoute(one))),
    ...declaration.rules.map((one) => section("RoutingPolicyRule", places.rule(one), ruleKeys, one, describeRule(one))),
  ];
  refusals.refuse();
  const devices = [...new Set(sections.map(({ device }) => device))].sort();
  return [...nameFiles(declaration.tables), ...devices.map((device) => fileOf(device, sections))];
}

function fileOf(device: string, sections: readonly Section[]): ConfigurationFile {
  const own = sections.filter((one) => one.device === device);
  const needs = own.some(({ since }) => since === 252)
    ? ["# Needs systemd 252 or later: an older one leaves out keys that it does not know."]
    : [];
  const text = (...head: readonly string[]): string => [...needs, ...head, "", ...own.flatMap(({ lines }) => lines)].join("\n");
  if (device === noDevice) return { path: "/etc/systemd/network/lo.network", text: text("[Match]", "Name=lo") };
  return {
    path: `/etc/systemd/network/${device}.network.d/policy-routing.conf`,
    text: text(`# A drop-in of the .network file that matches ${device}: this folder has the name of that file, and .d`),
  };
}
