import type { Family } from "../../declaration/family";
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

const readied = new WeakMap<Network, Partial<Record<Family, Ready>>>();

/** Made once for a network and family, when first asked for. */
export function readyFor(network: Network, family: Family): Ready {
  const known = readied.get(network) ?? {};
  readied.set(network, known);
  known[family] ??= made(network, family);
  return known[family];
}

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
