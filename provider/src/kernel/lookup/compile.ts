import type { Family } from "../../declaration/family";
import { onceFor } from "../../declaration/once";
import { SettingsOfDevices } from "./deviceSettings";
import type { Network } from "./network";
import { NextHopFinder } from "./nextHops";
import { OwnGateways } from "./ownGateways";
import { Rules } from "./rules";
import { Tables } from "./tables";

/** One family of a network, made ready for many lookups. */
export interface Ready {
  readonly network: Network;
  readonly rules: Rules;
  readonly tables: Tables;
  readonly ownGateways: OwnGateways;
  readonly finder: NextHopFinder;
  readonly settings: SettingsOfDevices;
}

const readied = {
  inet: onceFor((network: Network) => made(network, "inet")),
  inet6: onceFor((network: Network) => made(network, "inet6")),
};

/** Made once for a network and family, when first asked for. */
export const readyFor = (network: Network, family: Family): Ready => readied[family](network);

function made(network: Network, family: Family): Ready {
  const finder = new NextHopFinder(network);
  const tables = new Tables(network.routes, family, finder);
  return {
    network,
    finder,
    tables,
    ownGateways: new OwnGateways(tables),
    rules: new Rules(network.rules, family),
    settings: new SettingsOfDevices(network),
  };
}
