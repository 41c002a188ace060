import { addressSchema, canonicalAddress, familyOf, gatewaySchema } from "../address";
import { attribute, type Context, has, type IpObject, numberAt, textAt } from "../attribute";
import { deviceSchema, oneOf, switchedOn } from "../number";
import { isErrorType, typeAt } from "./type";

/** The numbers of rtnetlink.h's RT_SCOPE_*. */
export const scopeNumbers = { global: 0, site: 200, link: 253, host: 254 } as const;
const scopes = ["global", "site", "link", "host"] as const;

/** The scope that iproute2 chooses when none is given: by type, then by whether there is a gateway. */
function defaultScope({ type, via, nhid, nexthops }: Context): keyof typeof scopeNumbers {
  if (type === "local") return "host";
  if (type === "broadcast" || type === "anycast" || type === "multicast") return "link";
  return via === undefined && nhid === undefined && nexthops === undefined && (type === undefined || type === "unicast")
    ? "link"
    : "global";
}

/** The scope of a route in canonical form, as the kernel counts it. */
export const scopeNumberOf = (route: Context & { readonly scope?: keyof typeof scopeNumbers }): number =>
  scopeNumbers[route.scope ?? defaultScope(route)];

/** The gateway that `ip -j` shows: `gateway`, or `via` where it is of the other family. */
export function gatewayAt(json: IpObject): string | undefined {
  const other = json["via"];
  const host = typeof other === "object" && other !== null && "host" in other && typeof other.host === "string" ? other.host : undefined;
  return canonicalAddress(host ?? textAt(json, "gateway") ?? "");
}

const via = attribute({
  schema: gatewaySchema,
  words: (address, { family }) =>
    family !== undefined && familyOf(address) !== family ? ["via", familyOf(address), address] : ["via", address],
  // That of a next hop object is shown, but the object's.
  observe: (json) => (has(json, "nhid") ? undefined : gatewayAt(json)),
  json: ["gateway", "via"],
  doc: "Gateway: the next hop's address. An IPv4 route may have an IPv6 gateway.",
  absent: "the destination is on the link of `dev`",
  ip: "via [inet | inet6] ADDRESS",
  example: "203.0.113.1",
});

const dev = attribute({
  schema: deviceSchema,
  words: (device) => ["dev", device],
  observe: (json) => (isErrorType(typeAt(json)) || has(json, "nhid") ? undefined : textAt(json, "dev")),
  json: ["dev"],
  filled: true,
  doc: "Device by which the packet leaves.",
  absent: "the device through which `via` is reached",
  ip: "dev NAME",
  example: "eth1",
});

const src = attribute({
  schema: addressSchema,
  words: (address) => ["src", address],
  observe: (json) => {
    const address = textAt(json, "prefsrc");
    return address === undefined ? undefined : canonicalAddress(address);
  },
  json: ["prefsrc"],
  doc: "Source address that the host prefers when it sends by this route. It must be an address of the host.",
  absent: "chosen by the kernel",
  ip: "src ADDRESS",
  example: "203.0.113.10",
});

const scope = attribute({
  schema: oneOf(scopes),
  settle: (value, context) => (context.family === "inet6" || value === defaultScope(context) ? undefined : value),
  words: (value) => ["scope", String(scopeNumbers[value])],
  observe: (json, context) => {
    if (context.family === "inet6") return undefined;
    const number = numberAt(json, "scope");
    if (number === undefined) return undefined;
    const value = scopes.find((name) => scopeNumbers[name] === number);
    return value ===
      defaultScope({ type: typeAt(json), via: json["gateway"] ?? json["via"], nhid: json["nhid"], nexthops: json["nexthops"] })
      ? undefined
      : value;
  },
  json: ["scope"],
  doc: "How far the destinations are: IPv4 only has a use for it (`link` for a network on the device).",
  absent: "link without `via`, host for type local, else global",
  ip: `scope ${scopes.join(" | ")}`,
  example: "link",
});

const onlink = attribute({
  ...switchedOn,
  words: () => ["onlink"],
  observe: (json) => (!has(json, "nhid") && Array.isArray(json["flags"]) && json["flags"].includes("onlink") ? true : undefined),
  json: ["flags"],
  doc: "Takes the gateway to be on the link of `dev`, even where no route says so.",
  ip: "onlink",
});

/** Where packets of the route go. */
export const nextHopAttributes = { via, dev, src, scope, onlink };
