import { routeKey } from "../../declaration/key";
import type { ObservedRoute } from "../observed/state";
import { describe as describeRoute } from "../route/route";
import { describe } from "../rule/rule";
import type { Finding, Search } from "./finding";

/** Who gives these numbers, as /etc/iproute2/rt_protos and the programs themselves say. */
const owners: Readonly<Record<number, string>> = {
  3: "somebody who used ip, or a program that tags nothing",
  4: "an administrator (static)",
  11: "FRR or zebra",
  12: "BIRD",
  16: "a DHCP client",
  18: "keepalived",
  66: "Google's guest agent",
  84: "OVN",
  99: "Open/R",
};

/** Programs that keep to certain priorities. */
const places: readonly (readonly [number, number, string])[] = [
  [5210, 5290, "Tailscale"],
  [1310, 1370, "Tailscale"],
  [10000, 19999, "amazon-ec2-net-utils"],
  [105, 110, "NetBird"],
];

function ownerOf(priority: number, protocol: number): string {
  const [, , place] = places.find(([from, to]) => priority >= from && priority <= to) ?? [];
  return place ?? owners[protocol] ?? (protocol === 0 ? "somebody who tags nothing" : `proto ${protocol}`);
}

const kernels = 2;

/** Others' rules that are evaluated before ours, a line for each program's. */
export const foreignBefore: Search = ({ rules }, ours) => {
  const last = (family: string): number =>
    Math.max(
      0,
      ...rules.filter(({ rule, protocol }) => rule.family === family && ours.includes(protocol)).map(({ rule }) => rule.priority),
    );
  const early = rules.filter(
    ({ rule, protocol }) => !ours.includes(protocol) && protocol !== kernels && rule.priority !== 0 && rule.priority < last(rule.family),
  );
  const blocks = Map.groupBy(early, ({ rule, protocol }) => `${rule.family} ${ownerOf(rule.priority, protocol)}`);
  return [...blocks].flatMap(([key, block]): Finding | [] => {
    const first = block[0]?.rule;
    if (first === undefined) return [];
    const numbers = block.map(({ rule }) => rule.priority);
    const many = `${block.length} ${first.family === "inet" ? "IPv4" : "IPv6"} rules from priority ${Math.min(...numbers)} to ${Math.max(...numbers)}`;
    return {
      level: "note",
      object: block.length === 1 ? describe(first) : many,
      what: `${block.length === 1 ? "is foreign and comes" : "are foreign and come"} before ours; likely of ${key.slice(key.indexOf(" ") + 1)}`,
      next: "make sure that they do not catch packets that ours are meant for",
    };
  });
};

/** Of several routes at one key the kernel takes the first. */
export const foreignRoutes: Search = ({ routes }, ours) => {
  const first = new Map<string, ObservedRoute>();
  return routes.flatMap((one): Finding | [] => {
    const key = routeKey(one.route);
    const early = first.get(key);
    if (early === undefined) first.set(key, one);
    if (early === undefined || !ours.includes(one.protocol) || ours.includes(early.protocol)) return [];
    return {
      level: "risk",
      object: describeRoute(one.route),
      what: `is not used: ${describeRoute(early.route)} (proto ${early.protocol}) stands before it: packets go by that one`,
      next: "remove that one from whatever makes it, or choose another metric",
    };
  });
};
