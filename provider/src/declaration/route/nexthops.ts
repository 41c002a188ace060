import { familyOf, gatewaySchema } from "../address";
import { attribute, field, has, type IpObject, numberAt, textAt, type Values } from "../attribute";
import { objectOf } from "../canonical";
import type { Problem } from "../failures";
import { isObject } from "../isObject";
import { deviceSchema, integer, switchedOn } from "../number";
import { z } from "../zod";
import { encap } from "./encap";
import { gatewayAt } from "./nextHop";
import { encapAt } from "./tunnelJson";

/** Said of a route's next hop and of a group's member alike. */
export const weight = field({
  schema: integer(1, 256),
  settle: (value) => (value === 1 ? undefined : value),
  doc: "Share of the flows that it gets, from 1 to 256.",
  absent: "1",
  example: 3,
});

/** One of several next hops. The device is always said: the kernel would fill it in, and what it chose could change. */
export const nexthopFields = {
  encap: field({ schema: encap.schema, doc: encap.doc, absent: encap.absent, example: encap.example }),
  via: field({
    schema: gatewaySchema,
    doc: "Gateway; for an IPv4 route it may be an IPv6 address.",
    absent: "on the link of `dev`",
    example: "203.0.113.1",
  }),
  dev: field({ schema: deviceSchema, doc: "Device by which packets leave.", absent: "required", example: "eth1" }),
  weight,
  onlink: field({
    ...switchedOn,
    doc: "Takes the gateway to be on the link of `dev`.",
  }),
};
type Nexthop = Values<typeof nexthopFields>;

const expected = "expected a next hop such as { via: ..., dev: ... }";
const requireDevice = (values: Nexthop, pending: ReadonlySet<string>): Problem[] =>
  values.dev === undefined && !pending.has("dev") ? [{ path: ["dev"], text: "is required" }] : [];

/** The kernel keeps no order that means anything: one order, so that equal sets are equal. */
export const inOrder = (nexthops: readonly Nexthop[]): Nexthop[] => [...nexthops].sort((a, b) => text(a).localeCompare(text(b)));
const text = ({ dev = "", via = "", encap: tunnel = "", weight = 1, onlink = false }: Nexthop): string =>
  [dev, via, tunnel, weight, onlink].join(" ");

function nexthopAt(json: IpObject): Nexthop {
  const via = gatewayAt(json);
  const dev = textAt(json, "dev");
  const weight = numberAt(json, "weight") ?? 1;
  const tunnel = encapAt(json);
  return {
    ...(tunnel === undefined ? {} : { encap: tunnel }),
    ...(via === undefined ? {} : { via }),
    ...(dev === undefined ? {} : { dev }),
    ...(weight === 1 ? {} : { weight }),
    ...(Array.isArray(json["flags"]) && json["flags"].includes("onlink") ? { onlink: true } : {}),
  };
}

export const nexthops = attribute({
  schema: z
    .array(objectOf(nexthopFields, expected, requireDevice), "expected a list of next hops")
    .min(2, "expected two next hops or more: one is said by via and dev")
    .transform(inOrder),
  wrong: (value, { family }) =>
    family === "inet6" && value.some(({ via }) => via === undefined)
      ? "holds a next hop without via, which inet6 does not take"
      : undefined,
  words: (value, { family }) =>
    value.flatMap(({ encap: tunnel, via, dev, weight, onlink }) => [
      "nexthop",
      ...(tunnel === undefined ? [] : ["encap", ...tunnel.split(" ")]),
      ...(via === undefined ? [] : ["via", ...(familyOf(via) === family ? [] : [familyOf(via)]), via]),
      ...(dev === undefined ? [] : ["dev", dev]),
      ...(weight === undefined ? [] : ["weight", String(weight)]),
      ...(onlink === true ? ["onlink"] : []),
    ]),
  observe: (json) =>
    has(json, "nhid") || !Array.isArray(json["nexthops"]) ? undefined : inOrder(json["nexthops"].filter(isObject).map(nexthopAt)),
  json: ["nexthops"],
  sinceOf: (value) => value.flatMap(({ encap: tunnel }) => (tunnel === undefined ? undefined : encap.sinceOf?.(tunnel)) ?? [])[0],
  last: true,
  doc: "Several next hops with weights, among which flows are shared. Each has `encap`, `via`, `dev`, `weight` (1) and `onlink`.",
  absent: "one next hop, said by `via` and `dev`",
  ip: "nexthop [encap ...] [via ADDRESS] dev NAME [weight N] [onlink] ...",
  example: [
    { via: "203.0.113.1", dev: "eth1", weight: 3 },
    { via: "198.51.100.1", dev: "eth2" },
  ],
});
