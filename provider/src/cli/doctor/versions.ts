import { nexthopAttributes } from "../../declaration/nexthop/attributes";
import { routeAttributes } from "../../declaration/route/attributes";
import { ruleAttributes } from "../../declaration/rule/rule";
import type { Facts } from "../../host/reading/facts";
import { nexthopNeed } from "../../kernel/nexthop/nexthop";
import { isBefore, lacking } from "../../kernel/plan/gate";
import { type Check, ok, warning } from "./checks";

const tables = { PolicyRule: ruleAttributes, PolicyRoute: routeAttributes, NextHop: nexthopAttributes } as const;

/** What the versions are, and what cannot be declared there. */
export function versionsOn({ kernel, iproute2, ipv6 }: Facts): Check[] {
  const host = { kernel, iproute2 };
  const hasNexthops = !isBefore(kernel, nexthopNeed.kernel) && !isBefore(iproute2, nexthopNeed.iproute2);
  const refused = Object.entries(tables).flatMap(([kind, table]) =>
    kind === "NextHop" && !hasNexthops
      ? [`NextHop (${nexthopNeed.kernel})`]
      : lacking(table, host).map((need) => `${kind}.${need.attribute} (${need.kernel})`),
  );
  return [
    ok(
      "versions",
      `Linux ${kernel}, iproute2 ${iproute2}; ${refused.length === 0 ? "no attribute is refused for its age" : `too old for, and refused before anything is changed: ${refused.join(", ")}`}`,
    ),
    ipv6 ? ok("IPv6", "is there") : warning("IPv6", "the kernel was started or built without it", "declare nothing of inet6 for this host"),
  ];
}
