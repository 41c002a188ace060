import { canonicalAddress } from "../../declaration/address";
import { type IpObject, numberAt, textAt } from "../../declaration/attribute";
import { problemsOf } from "../../declaration/failures";
import { type Family, families } from "../../declaration/family";
import { isObject } from "../../declaration/isObject";
import { z } from "../../declaration/zod";
import { PolicyRoutingError } from "../../errors";
import { nexthopReader, routeReader, ruleReader } from "../observed/parse";
import { finish, mapped, type Pieces } from "../observed/pieces";
import type { ObservedRoute, ObservedRule } from "../observed/state";
import { withSiblings } from "../route/siblings";
import type { HostAddress, Link, Network } from "./network";

const objects = z.array(z.record(z.string(), z.unknown()));
const byFamily = z.object({ inet: objects, inet6: objects });

/** A host as `policy-routing observe` writes it: the arrays as `ip -j -N -d` gives them, routes of all tables. */
const stateJsonSchema = z.object({
  rules: byFamily,
  routes: byFamily,
  links: objects.optional(),
  addresses: objects.optional(),
  nexthops: objects.optional(),
  sysctls: z.record(z.string(), z.number()).optional(),
  /** Devices that entries of ours follow, by their keys in the register. */
  follows: z.record(z.string(), z.string()).optional(),
  versions: z.object({ kernel: z.string().optional(), iproute2: z.string().optional() }).optional(),
});
export type StateJson = z.infer<typeof stateJsonSchema>;

/** Throws `invalid`, naming each part that is not as it should be. */
export function parseStateJson(value: unknown): StateJson {
  const parsed = stateJsonSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = problemsOf(parsed.error, []).map(({ path, text }) => `${path.join(".")}: ${text}`);
  throw new PolicyRoutingError("invalid", {
    topic: "state-file",
    what: `this is no state that policy-routing observe wrote: ${problems.slice(0, 5).join("; ")}`,
    next: "write one: npx --no-install policy-routing observe HOST > state.json",
  });
}

/** What a lookup needs of it. */
export const networkOfState = (state: StateJson): Network => finish(readNetwork(state));

/** The same in pieces: a host may have 200,000 routes. */
export function* readNetwork({ rules, routes, links, addresses, nexthops, sysctls, versions, follows }: StateJson): Pieces<Network> {
  const read: { rules: ObservedRule[][]; routes: ObservedRoute[][] } = { rules: [], routes: [] };
  for (const family of families) {
    read.rules.push(yield* mapped(rules[family], ruleReader(family)));
    read.routes.push(yield* routesOf(routes[family], family));
  }
  return {
    rules: read.rules.flat(),
    routes: read.routes.flat(),
    links: links?.map(linkOf),
    addresses: addresses?.flatMap(addressesOf),
    nexthops: nexthops === undefined ? undefined : yield* mapped(nexthops, nexthopReader(new Set())),
    sysctls,
    kernel: versions?.kernel,
    follows: follows === undefined ? undefined : new Map(Object.entries(follows)),
  };
}

/** The kernel's clones of routes are no routes. */
function* routesOf(shown: readonly IpObject[], family: Family): Pieces<ObservedRoute[]> {
  const routes = yield* mapped(
    shown.filter((json) => !(Array.isArray(json["flags"]) && json["flags"].includes("cloned"))),
    routeReader(family, "main", []),
  );
  return family === "inet6" ? yield* withSiblings(routes) : routes;
}

const flagsOf = (json: IpObject): readonly unknown[] => (Array.isArray(json["flags"]) ? json["flags"] : []);

export function linkOf(json: IpObject): Link {
  const flags = flagsOf(json);
  const info = json["linkinfo"];
  const kind = isObject(info) ? info["info_kind"] : undefined;
  const data = isObject(info) ? info["info_data"] : undefined;
  return {
    name: textAt(json, "ifname") ?? "",
    up: flags.includes("UP"),
    carrier: !flags.includes("NO-CARRIER"),
    group: json["group"] === "default" ? 0 : (numberAt(json, "group") ?? 0),
    kind: typeof kind === "string" ? kind : undefined,
    master: textAt(json, "master"),
    vrfTable: kind === "vrf" && isObject(data) ? numberAt(data, "table") : undefined,
    loopback: flags.includes("LOOPBACK"),
    arp: !flags.includes("NOARP") && !flags.includes("POINTOPOINT"),
  };
}

function addressesOf(json: IpObject): HostAddress[] {
  const dev = textAt(json, "ifname") ?? "";
  const infos = Array.isArray(json["addr_info"]) ? json["addr_info"].filter(isObject) : [];
  return infos.flatMap((info) => {
    const address = canonicalAddress(textAt(info, "local") ?? "");
    const family = textAt(info, "family");
    if (address === undefined || (family !== "inet" && family !== "inet6")) return [];
    return [
      {
        family,
        address,
        length: numberAt(info, "prefixlen") ?? 0,
        peer: canonicalAddress(textAt(info, "address") ?? ""),
        dev,
        scope: numberAt(info, "scope") ?? 0,
        secondary: info["secondary"] === true || info["temporary"] === true,
        deprecated: info["deprecated"] === true,
        tentative: info["tentative"] === true || info["dadfailed"] === true,
        dynamic: info["dynamic"] === true,
      },
    ];
  });
}
