import type { Values } from "../attribute";
import type { Problem } from "../failures";
import type { nexthopAttributes } from "./attributes";

type NexthopValues = Values<typeof nexthopAttributes>;
/** A next hop object in canonical form. */
export type Nexthop = NexthopValues & { nhid: number };

const resilientOnly = ["buckets", "idleTimer", "unbalancedTimer"] as const;
const ofOne = ["encap", "via", "dev", "onlink", "family", "blackhole"] as const;

/** What no attribute can say by itself. */
export function settleNexthop(values: NexthopValues, pending: ReadonlySet<string>): Problem[] {
  const known = (...names: (keyof NexthopValues)[]) => names.every((name) => !pending.has(name));
  const given = (name: keyof NexthopValues) => values[name] !== undefined && values[name] !== false;
  const refuse = (names: readonly (keyof NexthopValues)[], text: string): Problem[] =>
    names.flatMap((name) => (given(name) ? [{ path: [name], text }] : []));
  const problems: Problem[] = [];
  if (values.nhid === undefined && known("nhid")) problems.push({ path: ["nhid"], text: "is required: a number such as 5" });
  if (!known("group", "blackhole", "dev", "type", ...ofOne)) return problems;
  if (values.group !== undefined) {
    problems.push(...refuse(ofOne, "cannot be combined with group: its members say where packets go"));
    if (values.group.some(({ nhid }) => nhid === values.nhid)) problems.push({ path: ["group"], text: "holds the group itself" });
  } else {
    problems.push(...refuse(["type"], "has a meaning for a group only"));
    if (given("blackhole"))
      problems.push(...refuse(["encap", "via", "dev", "onlink"], "cannot be combined with blackhole, which drops packets"));
    else if (values.dev === undefined)
      problems.push({ path: ["dev"], text: values.via === undefined ? "is required, or group, or blackhole" : "is required with via" });
    if (given("onlink") && values.via === undefined) problems.push({ path: ["onlink"], text: "needs via" });
  }
  if (values.type !== "resilient") problems.push(...refuse(resilientOnly, "has a meaning for type resilient only"));
  else if (values.group !== undefined && values.buckets === undefined && known("buckets"))
    problems.push({ path: ["buckets"], text: "is required for type resilient: a number such as 128" });
  return problems;
}
