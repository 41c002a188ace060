import { familyOf } from "../address";
import { type Family, families, type Values } from "../attribute";
import type { Problem } from "../failures";
import type { Table } from "../tableNumber";
import { isErrorType, type routeAttributes } from "./attributes";

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
  if (known("type", "via", "dev")) {
    for (const name of ["via", "dev", "src", "onlink"] as const)
      if (isErrorType(values.type) && values[name] !== undefined)
        problems.push({ path: [name], text: `has no meaning for type ${values.type}` });
    if (!isErrorType(values.type) && values.via === undefined && values.dev === undefined)
      problems.push({ path: ["via"], text: "is required, or dev, or a type without a next hop such as blackhole" });
    if (values.via?.startsWith("fe80:") && values.dev === undefined)
      problems.push({ path: ["dev"], text: "is required with a link-local gateway" });
    if (values.onlink === true && (values.via === undefined || values.dev === undefined))
      problems.push({ path: ["onlink"], text: "needs both via and dev" });
  }
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
