import type { Context } from "../../spec/attribute";
import type { Nexthop } from "../../spec/nexthop/nexthop";
import { describe as describeNexthop } from "../nexthop";
import { describe as describeRoute } from "../route";
import { describe as describeRule } from "../rule";
import { wantedSysctl } from "../sysctl";
import { type ConfigurationFile, type Declaration, nameFiles, Refusals } from "./declaration";
import { type Key, nexthopKeys, routeKeys, ruleKeys } from "./networkdKeys";
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
  const refusals = new Refusals("systemd-networkd");
  const places = placesOf(declaration, refusals);
  const section = (
    name: string,
    devices: readonly string[],
    keys: Readonly<Record<string, Key>>,
    values: Context,
    object: string,
  ): Section => {
    const lines: string[] = [];
    let since: Section["since"] = 247;
    for (const [attribute, value] of Object.entries(values)) {
      const key = keys[attribute];
      if (value === undefined) continue;
      const wrong = key === undefined ? "has no key" : (key.wrong?.(value, values) ?? tooNew(key, version));
      if (wrong !== undefined) refusals.add(object, attribute, wrong);
      lines.push(...(key?.lines(value, values) ?? []));
      since = key?.since ?? since;
    }
    return { device: devices[0] ?? noDevice, lines: [`[${name}]`, ...lines, ""], since };
  };
  for (const setting of declaration.settings)
    refusals.add(wantedSysctl(setting).label, setting.field, "has no key up to systemd 252; /etc/sysctl.d could say it");
  const sections = [
    ...declaration.nexthops.map((one) => section("NextHop", places.nexthop(one), nexthopKeys, withFamily(one), describeNexthop(one))),
    ...declaration.routes.map((one) => section("Route", places.route(one), routeKeys, one, describeRoute(one))),
    ...declaration.rules.map((one) => section("RoutingPolicyRule", places.rule(one), ruleKeys, one, describeRule(one))),
  ];
  refusals.refuse();
  const devices = [...new Set(sections.map(({ device }) => device))].sort();
  return [...nameFiles(declaration.tables), ...devices.map((device) => fileOf(device, sections))];
}

const tooNew = ({ since }: Key, version: number): string | undefined =>
  since !== undefined && since > version ? `has no key in systemd ${version}, but in ${since}` : undefined;

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
