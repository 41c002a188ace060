import { parsePrefix } from "../../spec/address";
import { hopsOf } from "../hop";
import { lookup } from "../lookup/lookup";
import { describe } from "../rule";
import type { Finding, Search } from "./finding";

/** A rule from one address that the host does not have: the lease may have changed. */
export const foreignSources: Search = ({ rules, addresses }) =>
  rules.flatMap(({ rule }): Finding[] => {
    const prefix = rule.from === undefined || rule.not === true ? undefined : parsePrefix(rule.from);
    const isOne = prefix?.length === (rule.family === "inet" ? 32 : 128);
    const isForwarded = rule.iif !== undefined && rule.iif !== "lo";
    if (prefix === undefined || !isOne || isForwarded || addresses === undefined) return [];
    if (addresses.some(({ address }) => address === prefix.address)) return [];
    return [
      {
        level: "risk",
        object: describe(rule),
        what: `is from ${prefix.address}, which the host does not have`,
        next: "check the address: it may have been given by DHCP and changed",
      },
    ];
  });

/** Nobody's address: any host of the internet. */
const somebody = "192.0.2.1";

/** Packets from the internet to the addresses of each uplink, dropped on arrival. */
export const reversePathDrops: Search = (network) => {
  const uplinks = new Set(
    network.routes.flatMap(({ route }) =>
      route.family === "inet" && route.destination === "default" ? hopsOf(route).flatMap(({ dev }) => dev ?? []) : [],
    ),
  );
  return [...uplinks].flatMap((dev) =>
    (network.addresses ?? [])
      .filter((one) => one.family === "inet" && one.dev === dev)
      .flatMap(({ address }): Finding[] => {
        const ports = { sport: { from: 40000, to: 40000 }, dport: { from: 443, to: 443 } };
        const verdict = lookup(network, {
          family: "inet",
          from: somebody,
          to: address,
          iif: dev,
          mark: 0,
          uid: 0,
          ipproto: 6,
          tos: [0],
          ...ports,
        });
        if (verdict.kind !== "dropped") return [];
        return [
          {
            level: "risk",
            object: `${address} on ${dev}`,
            what: `packets that come in by ${dev} are dropped: ${verdict.why}`,
            next: `add a rule from ${address} that leads to a route by ${dev}, or make rp_filter loose (2)`,
          },
        ];
      }),
  );
};
