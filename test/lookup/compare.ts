import { type IpObject, numberAt, textAt } from "../../provider/src/declaration/attribute";
import type { Flow } from "../../provider/src/declaration/flow";
import { gatewayAt } from "../../provider/src/declaration/route/nextHop";
import { typeAt } from "../../provider/src/declaration/route/type";
import { tableNumber } from "../../provider/src/declaration/tableNumber";
import { lookup } from "../../provider/src/kernel/lookup/lookup";
import type { Network } from "../../provider/src/kernel/lookup/network";
import { passedOver } from "../../provider/src/kernel/lookup/ownGateways";
import { type Hop, printVerdict, type Verdict } from "../../provider/src/kernel/lookup/verdict";
import { earlierTable, severalGroups, sharedObject } from "../../provider/src/kernel/lookup/walk";
import { type Answer, routeGet } from "./kernel";

/** What the kernel complains of, by what it may mean: an errno does not say which. */
const complaints: Readonly<Record<string, readonly string[]>> = {
  "Network is unreachable": ["no route", "unreachable by rule"],
  "No route to host": ["unreachable by route", "no route"],
  "Permission denied": ["prohibit by rule", "prohibit by route"],
  "Invalid argument": ["blackhole by rule", "blackhole by route", "invalid", "dropped"],
  "Invalid cross-device link": ["dropped"],
};

const nameOf = (verdict: Verdict): string => ("by" in verdict ? `${verdict.kind} by ${verdict.by}` : verdict.kind);

/** How the verdict differs from the kernel's answer; undefined: it does not. `open`: it hangs on what a host does not show. */
export function difference(network: Network, flow: Flow, answer: Answer): string | undefined {
  const verdict = lookup(network, flow);
  if (verdict.kind === "unsure" && [severalGroups, sharedObject, earlierTable, passedOver].some((why) => verdict.why.endsWith(why)))
    return "open";
  const problem = "refused" in answer ? refusalDiffers(verdict, answer.refused) : answerDiffers(verdict, answer.shown, flow, network);
  if (problem === undefined) return undefined;
  return `ip ${flow.family === "inet" ? "-4" : "-6"} ${routeGet(flow)}\n  kernel: ${JSON.stringify(answer)}\n  lookup: ${printVerdict(verdict)} ${JSON.stringify("hops" in verdict ? verdict.hops : "")}\n  ${problem}`;
}

function refusalDiffers(verdict: Verdict, complaint: string): string | undefined {
  if ("hops" in verdict && verdict.partly !== undefined && /cross-device|Invalid argument/.test(complaint)) return undefined;
  return complaints[complaint]?.includes(nameOf(verdict)) === true ? undefined : `the kernel says ${complaint}`;
}

const vrfOf = ({ links }: Network, dev: string | undefined): string | undefined => {
  const one = links?.find(({ name }) => name === dev);
  return [one, links?.find(({ name }) => name === one?.master)].find((link) => link?.kind === "vrf")?.name;
};

function answerDiffers(verdict: Verdict, shown: IpObject, { family, from, oif }: Flow, network: Network): string | undefined {
  if (!("hops" in verdict)) return "the kernel has a route";
  const type = typeAt(shown);
  if (type !== verdict.kind) return `the kernel says ${type}`;
  // IPv6 keeps what it found by next hop object: of routes that share one, `route get` shows any one's table and source.
  const shared = family === "inet6" && verdict.path.at(-1)?.route?.route.nhid !== undefined;
  const table = shared ? undefined : numberAt(shown, "table");
  if (verdict.table !== undefined && table !== undefined && tableNumber(verdict.table) !== table) return `the kernel says table ${table}`;
  const via = gatewayAt(shown);
  // IPv6 shows what it would choose even where the source is given.
  const src = from === undefined && !shared ? textAt(shown, "prefsrc") : undefined;
  // The source of what leaves its VRF is not told of each release.
  const vrf = vrfOf(network, oif);
  const untold = vrf !== undefined && vrf !== vrfOf(network, textAt(shown, "dev"));
  const same = (hop: Hop): boolean =>
    hop.dev === shown["dev"] && hop.via === via && (src === undefined || hop.src === src || (hop.src === undefined && untold));
  return verdict.hops.some(same) ? undefined : `none of its ways is the kernel's (${family})`;
}
