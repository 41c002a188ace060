import { familyOf } from "../address";
import type { Values } from "../attribute";
import type { Problem } from "../failures";
import { type Family, families } from "../family";
import type { Table } from "../tableNumber";
import type { routeAttributes } from "./attributes";
import { isErrorType } from "./type";

type RouteValues = Values<typeof routeAttributes>;
/** A route in canonical form. */
export type Route = RouteValues & { family: Family; destination: string; table: Table };

/** What no attribute can say by itself. `pending` names the attributes whose values are not known yet. */
export function settleRoute(values: RouteValues, pending: ReadonlySet<string>): Problem[] {
  const problems: Problem[] = [];
  const known = (...names: (keyof RouteValues)[]) => names.every((name) => !pending.has(name));
  if (known("table")) values.table ??= "main";
  if (values.destination === undefined && known("destination"))
    problems.push({ path: ["destination"], text: "is required: default, or a prefix such as 198.51.100.0/24" });
  if (known("family", "destination", "src", "via")) problems.push(...settleFamily(values));
  if (known("type", ...nextHopNames)) problems.push(...nextHopProblems(values));
  return problems;
}

const nextHopNames = ["encap", "via", "dev", "onlink", "nhid", "nexthops"] as const;

/** A route has one next hop, several, an object that holds them, or a type that needs none. */
function nextHopProblems(values: RouteValues): Problem[] {
  const { type, via, dev, nhid, nexthops, onlink } = values;
  if (isErrorType(type))
    return [...nextHopNames, "src" as const].flatMap((name) =>
      values[name] === undefined ? [] : [{ path: [name], text: `has no meaning for type ${type}` }],
    );
  const holder = nhid !== undefined ? "nhid" : nexthops !== undefined ? "nexthops" : undefined;
  if (holder !== undefined) {
    const twice = nextHopNames.filter((name) => name !== holder && values[name] !== undefined);
    return [
      ...twice.map((name) => ({ path: [name], text: `cannot be combined with ${holder}, which says where packets go` })),
      // The kernel keeps realms with a next hop, and refuses those of the route beside.
      ...(values.realms === undefined ? [] : [{ path: ["realms"], text: `cannot be combined with ${holder}` }]),
    ];
  }
  const problems: Problem[] = [];
  if (via === undefined && dev === undefined)
    problems.push({ path: ["via"], text: "is required, or dev, or a type without a next hop such as blackhole" });
  if (via !== undefined && /^fe[89ab]/.test(via) && dev === undefined)
    problems.push({ path: ["dev"], text: "is required with a link-local gateway" });
  if (onlink === true && (via === undefined || dev === undefined)) problems.push({ path: ["onlink"], text: "needs both via and dev" });
  return problems;
}

/** The destination says the family, else the source address, else the gateway (which may be of the other family only beside them). */
function settleFamily(values: RouteValues): Problem[] {
  const problems: Problem[] = [];
  const prefix = values.destination === "default" ? undefined : values.destination;
  const says = prefix !== undefined ? "destination" : values.src !== undefined ? "src" : "via";
  const speaker = prefix ?? values.src ?? values.via;
  const inferred = speaker === undefined ? undefined : familyOf(speaker);
  const gatewayOfOtherFamily = says === "via" && values.family === "inet" && inferred === "inet6";
  if (values.family !== undefined && inferred !== undefined && values.family !== inferred && !gatewayOfOtherFamily)
    problems.push({ path: ["family"], text: `is not the family of ${says}, which is ${inferred}` });
  if (inferred !== undefined) values.family ??= inferred;
  if (values.family === undefined)
    problems.push({ path: ["family"], text: `is required where neither destination, src nor via says it: ${families.join(" or ")}` });
  if (values.src !== undefined && values.family !== undefined && familyOf(values.src) !== values.family && says !== "src")
    problems.push({ path: ["src"], text: "is of another address family than destination" });
  if (values.via !== undefined && values.family === "inet6" && familyOf(values.via) === "inet")
    problems.push({
      path: ["via"],
      text: "is of another address family than destination: only an IPv4 route may have a gateway of the other family",
    });
  return problems;
}
