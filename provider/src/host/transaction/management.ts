import { PolicyRoutingError } from "../../errors";
import type { Link } from "../../kernel/lookup/network";
import { linkOf } from "../../kernel/lookup/stateJson";
import { type Marking, type MayMark, markingOf } from "../../kernel/management/marking";
import { anyMark, type Mark, unmarked } from "../../kernel/management/ownConnection";
import { type Circumstances, concernsConnection, type Management, managementPathChange } from "../../kernel/management/path";
import { parseIpJson } from "../../kernel/observed/ipJson";
import type { Becomes } from "../../kernel/plan/change";
import { parseManagement } from "../paths";
import type { Observation } from "../reading/observe";
import { section, sectionAfter } from "../wire/answer";
import type { Session } from "../wire/session";

/**
 * Refuses what would move the way of the replies to our own connection, or of which that cannot be told. Undefined: the change may be
 * made. Costs a further round trip only where it hangs on devices or on a mark: then the host is asked for these.
 */
export async function managementRefusal(
  session: Session,
  seen: Observation,
  becomes: readonly Becomes[],
): Promise<PolicyRoutingError | undefined> {
  const { state } = seen;
  if (seen.management === undefined || becomes.length === 0) return undefined;
  if (!seen.management.isWhole && !concernsConnection(state, seen.management, becomes)) return undefined;
  const management = seen.management.isWhole ? seen.management : await readWhole(session, seen);
  const changeIn = (circumstances: Circumstances) =>
    managementPathChange(state, management, becomes, { ...circumstances, linux: seen.facts.kernel });
  const reason = await reasonOf(session, changeIn, hangsOnDevices(seen, becomes), management.vrf !== undefined);
  return reason === undefined
    ? undefined
    : new PolicyRoutingError("conflict", {
        topic: "management-path",
        host: session.host,
        what: `refused, nothing was changed: ${reason}`,
        next: "change the selectors, or set guard: { allowManagementPathChange: true }: then the timed undo alone protects the host",
      });
}

const ofNobody = { reply: unmarked, incoming: unmarked };
const ofAnybody = { reply: anyMark, incoming: anyMark };
const markOf = (may: MayMark | undefined): Mark =>
  may === undefined ? unmarked : { mark: undefined, marks: may.marks === undefined ? undefined : [0, ...may.marks] };

async function reasonOf(
  session: Session,
  changeIn: (circumstances: Circumstances) => string | undefined,
  devicesMatter: boolean,
  isInVrf: boolean,
): Promise<string | undefined> {
  let links = isInVrf ? await readLinks(session) : undefined;
  const first = changeIn({ marks: ofAnybody, links });
  if (first === undefined) return undefined;
  if (devicesMatter) links ??= await readLinks(session);
  const reason = changeIn({ marks: ofNobody, links });
  if (reason !== undefined || changeIn({ marks: ofAnybody, links }) === undefined) return reason;
  const { reply, incoming } = await readMarking(session);
  const told = changeIn({ marks: { reply: markOf(reply), incoming: markOf(incoming) }, links });
  return told === undefined ? undefined : `${told}; ${(reply ?? incoming)?.why}`;
}

const whole = new WeakMap<Observation, Promise<Management>>();

/** One more round trip for all changes that are planned on one observation. */
function readWhole(session: Session, seen: Observation): Promise<Management> {
  const read = async (): Promise<Management> =>
    parseManagement(seen.facts.ssh, await (await session.shell()).run('paths "$session" needed'));
  const reading = whole.get(seen) ?? read();
  whole.set(seen, reading);
  return reading;
}

/** Whether a rule, of those that stand or come, looks at a device's group or VRF. */
const hangsOnDevices = ({ state }: Observation, becomes: readonly Becomes[]): boolean =>
  [...state.rules, ...becomes.flatMap(({ rules = [] }) => rules)].some(
    ({ rule }) => rule.l3mdev === true || rule.suppressIfgroup !== undefined,
  );

async function readLinks(session: Session): Promise<readonly Link[] | undefined> {
  const answer = await (await session.shell()).run("links");
  if (sectionAfter(answer, "failed") !== undefined) return undefined;
  return parseIpJson(section(answer, "links") ?? "", "the devices").map(linkOf);
}

async function readMarking(session: Session): Promise<Marking> {
  const answer = await (await session.shell()).run("marks");
  return markingOf({
    unsure: section(answer, "marks") ?? "",
    arriving: section(answer, "marks arriving") ?? "",
    nft: section(answer, "marks nft") ?? "",
    iptables: section(answer, "marks iptables") ?? "",
  });
}
