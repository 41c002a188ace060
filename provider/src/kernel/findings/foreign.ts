import { describe } from "../rule";
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

/** Others' rules that are evaluated before ours. */
export const foreignBefore: Search = ({ rules }, ours) => {
  const last = (family: string): number =>
    Math.max(
      0,
      ...rules.filter(({ rule, protocol }) => rule.family === family && ours.includes(protocol)).map(({ rule }) => rule.priority),
    );
  return rules.flatMap(({ rule, protocol }): Finding[] => {
    const isForeign = !ours.includes(protocol) && protocol !== kernels && rule.priority !== 0;
    if (!isForeign || rule.priority >= last(rule.family)) return [];
    return [
      {
        level: "note",
        object: describe(rule),
        what: `is foreign and comes before ours; likely of ${ownerOf(rule.priority, protocol)}`,
        next: "make sure that it does not catch packets that ours are meant for",
      },
    ];
  });
};
