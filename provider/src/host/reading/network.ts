import type { IpObject } from "../../declaration/attribute";
import type { Connection } from "../../declaration/connection";
import { PolicyRoutingError } from "../../errors";
import type { StateJson } from "../../kernel/lookup/stateJson";
import { readIpJson } from "../../kernel/observed/ipJson";
import { lookAtNames, nothingMore } from "../../kernel/observed/look";
import { followedIn } from "../../kernel/plan/followed";
import { type Holding, holdingsOf } from "../../kernel/plan/holdings";
import { type Answer, section, sectionAfter, sectionsAfter } from "../wire/answer";
import { ofNetwork } from "../wire/bound";
import { paced } from "../wire/paced";
import { type Session, withSession } from "../wire/session";
import type { Facts } from "./facts";
import { observe } from "./observe";

/** The arrays of one host's answer to `network` in sh/observe.sh. */
export async function stateJsonOf(answer: Answer, versions: NonNullable<StateJson["versions"]>, host: string): Promise<StateJson> {
  const tooMany = sectionAfter(answer, "too_many")?.rest;
  if (tooMany !== undefined)
    throw new PolicyRoutingError("unsupported", {
      topic: "too-many-routes",
      host,
      what: `the host has some ${tooMany} routes: so many are not read whole, which \`expect\`, report --live, trace, check and observe need`,
      next: "there, leave out `expect` (a probe of kind `route` asks the kernel itself), and ask `ip route get` on the host for single packets",
    });
  const failed = new Set(sectionsAfter(answer, "failed").map(({ rest }) => rest));
  const objects = async (name: string): Promise<IpObject[]> => {
    const text = section(answer, name);
    if (text === undefined)
      throw new PolicyRoutingError("protocol", { topic: "answer-not-understood", host, what: `the host's answer lacks ${name}` });
    if (failed.has(name))
      throw new PolicyRoutingError("command", { topic: "ip-failed", host, what: `ip could not show ${name}`, cameBack: text });
    const found: IpObject[] = [];
    await paced(
      readIpJson(text, name, (some) => {
        // iproute2 prints an object without contents for what it leaves out.
        for (const json of some) if (Object.keys(json).length > 0) found.push(json);
      }),
    );
    return found;
  };
  return {
    rules: { inet: await objects("rules 4"), inet6: await objects("rules 6") },
    routes: { inet: await objects("routes 4 all"), inet6: await objects("routes 6 all") },
    links: await objects("links"),
    addresses: await objects("addresses"),
    // Next hop objects came with Linux 5.3: an older host has none.
    nexthops: failed.has("nexthops") ? [] : await objects("nexthops"),
    sysctls: sysctlsOf(section(answer, "sysctls") ?? ""),
    versions,
  };
}

/** Lines such as `/proc/sys/net/ipv4/conf/all/rp_filter:0`. */
function sysctlsOf(text: string): Record<string, number> {
  const lines = text.split("\n").flatMap((line) => {
    const [, path, value] = /^\/proc\/sys\/(.+):(-?[0-9]+)$/.exec(line) ?? [];
    return path === undefined ? [] : [[path.replaceAll("/", "."), Number(value)] as const];
  });
  return Object.fromEntries(lines);
}

/** The same over a connection that is open, beside what else is known of the host. */
export async function readNetwork(session: Session, { kernel, iproute2 }: Facts): Promise<StateJson> {
  const shell = await session.shell();
  return stateJsonOf(await shell.run("network", { bound: ofNetwork }), { kernel, iproute2 }, session.host);
}

/** What a host says of itself, by one dial and a connection of its own: who asks may stand in the queue of a host that waits for this one. */
export const readFacts = (connection: Connection): Promise<Facts> =>
  withSession(
    { ...connection, dialErrorLimit: 0 },
    async (session) => (await observe(await session.shell(), nothingMore, session.warn)).facts,
  );

/** Who owns what on a host. */
export const readHoldings = (connection: Connection): Promise<Holding[]> =>
  withSession(connection, async (session) => holdingsOf((await observe(await session.shell(), lookAtNames, session.warn)).state));

/** A host as it is now, whole: for those who look packets up in it. Waits while a transaction holds the host. */
export const readState = async (connection: Connection): Promise<StateJson> => (await readHost(connection)).state;

/** With what it says of itself. */
export const readHost = (connection: Connection): Promise<{ readonly facts: Facts; readonly state: StateJson }> =>
  withSession(connection, async (session) => {
    const { facts, state } = await observe(await session.shell(), nothingMore, session.warn);
    const follows = Object.fromEntries(followedIn(state.register));
    return { facts, state: { ...(await readNetwork(session, facts)), follows } };
  });
