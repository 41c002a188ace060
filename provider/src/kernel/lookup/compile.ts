import type { Family } from "../../declaration/family";
import { SettingsOfDevices } from "./deviceSettings";
import type { Network } from "./network";
import { NextHopFinder } from "./nextHops";
import { Rules } from "./rules";
import { Tables } from "./tables";

/** One family of a network, made ready for many lookups. */
export interface Ready {
  readonly network: Network;
  readonly rules: Rules;
  readonly tables: Tables;
  readonly finder: NextHopFinder;
  readonly settings: SettingsOfDevices;
}

const readied = new WeakMap<Network, Partial<Record<Family, Ready>>>();

/** Made once for a network and family, when first asked for. */
export function readyFor(network: Network, family: Family): Ready {
  const known = readied.get(network) ?? {};
  readied.set(network, known);
  const finder = new NextHopFinder(network);
  known[family] ??= {
    network,
    finder,
    rules: new Rules(network.rules, family),
    tables: new Tables(network.routes, family, finder),
    settings: new SettingsOfDevices(network),
  };
  return known[family];
}
