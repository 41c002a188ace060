import { attribute, field, type IpObject, numberAt, type Values } from "../attribute";
import { objectOf } from "../canonical";
import type { Problem } from "../failures";
import { isObject } from "../isObject";
import { integer, oneOf, u32 } from "../number";
import { weight } from "../route/nexthops";
import { z } from "../zod";

/** One member of a group. */
export const memberFields = {
  nhid: field({ schema: integer(1, u32), doc: "Number of the member.", absent: "required", example: 1 }),
  weight,
};
type Member = Values<typeof memberFields>;

const requireNumber = (values: Member, pending: ReadonlySet<string>): Problem[] =>
  values.nhid === undefined && !pending.has("nhid") ? [{ path: ["nhid"], text: "is required" }] : [];

/** The kernel keeps no order that means anything: one order, so that equal sets are equal. */
const inOrder = (members: readonly Member[]): Member[] => [...members].sort((a, b) => (a.nhid ?? 0) - (b.nhid ?? 0));

const memberAt = (json: IpObject): Member => {
  const share = numberAt(json, "weight") ?? 1;
  return { nhid: numberAt(json, "id") ?? 0, ...(share === 1 ? {} : { weight: share }) };
};

/** Up to 6.1 a weight was seen to be refused of which the byte that carries it cannot hold one more. */
const sinceHeavy = { iproute2: "5.3", kernel: "6.12", value: "a weight over 255" };

const group = attribute({
  schema: z
    .array(objectOf(memberFields, "expected a member such as { nhid: 1, weight: 3 }", requireNumber), "expected a list of members")
    .min(1, "expected one member or more")
    .refine((members) => new Set(members.map(({ nhid }) => nhid)).size === members.length, "names a member twice")
    .transform(inOrder),
  words: (members) => ["group", members.map(({ nhid, weight: share }) => (share === undefined ? nhid : `${nhid},${share}`)).join("/")],
  observe: (json) => (Array.isArray(json["group"]) ? inOrder(json["group"].filter(isObject).map(memberAt)) : undefined),
  json: ["group"],
  sinceOf: (members) => (members.some(({ weight: share = 1 }) => share > 255) ? sinceHeavy : undefined),
  doc: "Several next hops among which flows are shared, each with `nhid` and `weight` (1). A group holds no groups.",
  absent: "one next hop, said by `via`, `dev` or `blackhole`",
  ip: "group id[,weight]/...",
  example: [{ nhid: 1, weight: 3 }, { nhid: 2 }],
});

const sinceResilient = { iproute2: "5.12", kernel: "5.13" };

const type = attribute({
  schema: oneOf(["mpath", "resilient"]),
  settle: (value) => (value === "mpath" ? undefined : value),
  words: (value) => ["type", value],
  observe: (json) => (json["type"] === "resilient" ? "resilient" : undefined),
  json: ["type", "resilient_args"],
  sinceOf: (value) => (value === "resilient" ? sinceResilient : undefined),
  doc: "How a group shares flows: `mpath` by hash, `resilient` so that flows stay where they are when a member goes.",
  absent: "mpath",
  ip: "type mpath | resilient",
  example: "resilient",
});

const resilientArgs = (json: IpObject): IpObject => (isObject(json["resilient_args"]) ? json["resilient_args"] : {});

function resilient(word: string, key: string, most: number, doc: string, example: number) {
  return attribute({
    schema: integer(word === "buckets" ? 1 : 0, most),
    words: (value) => [word, String(value)],
    observe: (json) => numberAt(resilientArgs(json), key),
    json: ["resilient_args"],
    filled: true,
    since: sinceResilient,
    doc,
    absent: word === "buckets" ? "required for type resilient" : "chosen by the kernel",
    ip: `${word} N`,
    example,
  });
}

export const groupAttributes = {
  group,
  type,
  buckets: resilient("buckets", "buckets", 65535, "Hash buckets of a resilient group; two or more a member are advised.", 128),
  idleTimer: resilient("idle_timer", "idle_timer", 42949672, "Seconds that a bucket must be idle before its flows may be moved.", 120),
  unbalancedTimer: resilient(
    "unbalanced_timer",
    "unbalanced_timer",
    42949672,
    "Seconds that a resilient group may stay out of balance before flows are moved by force; 0 for ever.",
    0,
  ),
};
