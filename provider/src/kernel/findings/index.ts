import type { Network } from "../lookup/network";
import { foreignSources } from "./addresses";
import type { Finding, Search } from "./finding";
import { leasedLiterals, pendingGateways, sharedSubnets } from "./followed";
import { foreignBefore, foreignRoutes } from "./foreign";
import { markedBack, replies } from "./replies";
import { detachedDevices, duplicates, neverReached, unresolvedGoto, withoutTwin } from "./rules";
import { emptyTables, equalDefaults, killSwitches, splitDefaults, unledTables, withoutConnected } from "./tables";

export type { Finding } from "./finding";

const searches: readonly Search[] = [
  neverReached,
  unresolvedGoto,
  detachedDevices,
  emptyTables,
  foreignSources,
  pendingGateways,
  leasedLiterals,
  sharedSubnets,
  replies,
  markedBack,
  equalDefaults,
  unledTables,
  splitDefaults,
  killSwitches,
  withoutConnected,
  duplicates,
  withoutTwin,
  foreignBefore,
  foreignRoutes,
];

/** What is probably not meant, risks first. */
export function findingsOf(network: Network, ours: readonly number[]): Finding[] {
  const all = searches.flatMap((search) => search(network, ours));
  return [...all.filter(({ level }) => level === "risk"), ...all.filter(({ level }) => level === "note")];
}
