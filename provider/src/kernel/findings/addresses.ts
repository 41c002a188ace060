import { contains, parsePrefix } from "../../declaration/address";
import { describe } from "../rule/rule";
import type { Finding, Search } from "./finding";

/** A rule of ours from one address that the host does not have: the lease may have changed. */
export const foreignSources: Search = ({ rules, routes, addresses }, ours) =>
  rules.flatMap(({ rule, protocol }): Finding | [] => {
    const prefix = rule.from === undefined || rule.not === true ? undefined : parsePrefix(rule.from);
    const isOne = prefix?.length === (rule.family === "inet" ? 32 : 128);
    const isForwarded = rule.iif !== undefined && rule.iif !== "lo";
    if (prefix === undefined || !isOne || isForwarded || addresses === undefined || !ours.includes(protocol)) return [];
    const { address } = prefix;
    if (addresses.some((one) => one.address === address)) return [];
    // A pod, a container or a virtual machine behind a device of the host.
    const isBehind = routes.some(
      ({ route }) =>
        route.destination !== "default" && route.via === undefined && route.dev !== undefined && isNarrow(route.destination, address),
    );
    if (isBehind) return [];
    return {
      level: "risk",
      object: describe(rule),
      what: `is from ${address}, which the host does not have`,
      next: 'check the address; where DHCP gives it, say from: { addressesOf: "eth1" } with its device (MultihomedHost: address: "auto")',
    };
  });

/** A route for it alone. */
const isNarrow = (destination: string, address: string): boolean =>
  contains(destination, address) && (parsePrefix(destination)?.length ?? 0) >= (address.includes(":") ? 128 : 32);
