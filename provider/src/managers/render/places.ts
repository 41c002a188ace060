import type { Nexthop } from "../../declaration/nexthop/nexthop";
import type { Route } from "../../declaration/route/route";
import type { Rule } from "../../declaration/rule/rule";
import { describe as describeNexthop } from "../../kernel/nexthop/steps";
import { describe as describeRoute } from "../../kernel/route/route";
import type { Declaration, Refusals } from "./declaration";

/** The device whose configuration holds what needs no device, or those of several: it is up first and never goes. */
export const noDevice = "lo";

/** By which devices an object goes: these must be up for it. Managers keep a configuration for each device. */
export interface Places {
  nexthop(nexthop: Nexthop): readonly string[];
  route(route: Route): readonly string[];
  /**
   * A rule needs none: it stands with the routes of its table, as in the how-to, where these go by one device. Where the table also has
   * a route without one, as a kill-switch has, the rule must stay when the device goes.
   */
  rule(rule: Rule): readonly string[];
}

const unique = (devices: readonly string[]): string[] => [...new Set(devices)];

export function placesOf({ nexthops, routes }: Declaration, refusals: Refusals): Places {
  const byNumber = new Map(nexthops.map((one) => [one.nhid, one]));

  const ofNumber = (nhid: number, object: string, attribute: string): readonly string[] => {
    const found = byNumber.get(nhid);
    if (found !== undefined) return ofNexthop(found);
    refusals.add(object, attribute, `next hop ${nhid} is not declared with it, so its device is not known`);
    return [];
  };
  const ofNexthop = (nexthop: Nexthop): readonly string[] => {
    const { group, dev } = nexthop;
    if (group === undefined) return dev === undefined ? [] : [dev];
    // A group holds no groups: the kernel refuses it.
    return unique(
      group.flatMap(({ nhid = 0 }) => (byNumber.get(nhid)?.group === undefined ? ofNumber(nhid, describeNexthop(nexthop), "group") : [])),
    );
  };
  const ofRoute = (route: Route): readonly string[] => {
    const { dev, via, nhid, nexthops: several } = route;
    if (dev !== undefined) return [dev];
    if (nhid !== undefined) return ofNumber(nhid, describeRoute(route), "nhid");
    if (via !== undefined) refusals.add(describeRoute(route), "dev", "is needed: configurations are kept by device");
    return unique((several ?? []).flatMap((one) => one.dev ?? []));
  };
  const devicesOf = new Map(routes.map((route) => [route, ofRoute(route)]));
  const byTable = new Map<Route["table"], string[]>();
  for (const [{ table }, devices] of devicesOf)
    byTable.set(table, unique([...(byTable.get(table) ?? []), ...(devices.length === 0 ? [noDevice] : devices)]));
  return {
    nexthop: ofNexthop,
    route: (route) => devicesOf.get(route) ?? [],
    rule: ({ table }) => {
      const devices = table === undefined ? [] : (byTable.get(table) ?? []);
      return devices.length === 1 ? devices : [];
    },
  };
}
