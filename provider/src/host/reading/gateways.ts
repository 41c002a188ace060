import { deviceSchema } from "../../declaration/number";
import { type Gateway, type SeenGateway, seenGateway } from "../../kernel/route/gateways";
import { section } from "../wire/answer";
import { call } from "../wire/frames";
import type { Session } from "../wire/session";

/** More are not asked for: each is a process on the host. */
const most = 64;

/** What the host's neighbour table says of gateways. It is only read: no packet is sent. */
export async function readGateways(session: Session, gateways: readonly Gateway[]): Promise<SeenGateway[]> {
  // A host may have any device's name in a route; one that nobody may declare is asked for without it.
  const asked = gateways.slice(0, most).map((gateway) => {
    const device = deviceSchema.safeParse(gateway.dev).data;
    return { gateway, words: ["neigh", gateway.via, ...(device === undefined ? [] : [device])].join(" ") };
  });
  if (asked.length === 0) return [];
  const lines = asked.map(({ words }) => words);
  const answer = await (await session.shell()).run(call("gateways", lines));
  const seen = asked.map(({ gateway, words }) => seenGateway(gateway, section(answer, words)));
  return [...seen, ...gateways.slice(most).map((gateway) => seenGateway(gateway, undefined))];
}
