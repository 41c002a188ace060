import type { Connection } from "../../declaration/connection";
import { lookAtNames, lookAtNexthops, together } from "../../kernel/observed/look";
import type { StandingHost } from "../../managers/takeover/onHost";
import { type Answer, section, sectionsAfter } from "../wire/answer";
import { ofNetwork } from "../wire/bound";
import { withSession } from "../wire/session";
import { stateJsonOf } from "./network";
import { observe } from "./observe";
import { sourcesIn, sourcesText } from "./oldLines";

/** By one connection. Waits while a transaction holds the host. */
export const readStanding = (connection: Connection): Promise<StandingHost> =>
  withSession(connection, async (session) => {
    const shell = await session.shell();
    const { state, facts, persistence } = await observe(shell, together([lookAtNames, lookAtNexthops([])]), session.warn);
    const answer = await shell.run("network\nlocks 4 all\nlocks 6 all", { bound: ofNetwork });
    const files = await shell.run(sourcesText, { bound: ofNetwork });
    return {
      state: await stateJsonOf(answer, { kernel: facts.kernel, iproute2: facts.iproute2 }, session.host),
      locks: { inet: linesOf(answer, "locks 4 all"), inet6: linesOf(answer, "locks 6 all") },
      names: state.names,
      nexthops: state.nexthops,
      register: state.register,
      neighbours: persistence.neighbours,
      sources: sourcesIn(files),
      unread: sectionsAfter(files, "source_left").map(({ rest }) => rest),
    };
  });

const linesOf = (answer: Answer, name: string): string[] => (section(answer, name) ?? "").split("\n").filter((line) => line !== "");
