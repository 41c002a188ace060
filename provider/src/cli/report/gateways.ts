import type { SeenGateway } from "../../kernel/route/gateways";
import type { Risk } from "./hostReport";

const wordsOf = ({ via, dev }: SeenGateway): string => `gateway ${via}${dev === undefined ? "" : ` dev ${dev}`}`;

/** A gateway that nobody has heard of may be a mistake in its address. The host is not made to ask: a report sends nothing. */
export const gatewayRisks = (gateways: readonly SeenGateway[]): Risk[] =>
  gateways.flatMap((gateway) => {
    const { via, dev, used, state } = gateway;
    const next = `check the address, then on the host: ping -c 1 ${dev === undefined ? "" : `-I ${dev} `}${via}; and write the report again`;
    if (state === "failed")
      return [{ what: `${wordsOf(gateway)} does not answer: the host asked for it and heard nothing (ip neigh)`, next }];
    // One that the host's routes have already is asked for when it is needed: an entry of it comes and goes.
    if (state === "absent" && !used)
      return [{ what: `${wordsOf(gateway)} is not known to answer: the host has not heard of it (ip neigh)`, next }];
    return [];
  });

export function gatewaysNotRead(gateways: readonly SeenGateway[]): string[] {
  const unread = gateways.filter(({ state }) => state === "unread");
  const [first] = unread;
  if (first === undefined) return [];
  const more = unread.length === 1 ? "" : ` and ${unread.length - 1} more`;
  return [`whether ${wordsOf(first)}${more} answer: not asked of the host`];
}
