import { gatewaySchema } from "../address";
import { attribute, type Values } from "../attribute";
import type { Problem } from "../failures";
import type { Family } from "../family";
import { type GatewayOf, gatewayOfSchema, isGatewayOf, mark } from "../followed";
import type { Table } from "../tableNumber";
import { z } from "../zod";
import { routeAttributes } from "./attributes";
import { type Route, settleRoute } from "./route";

const expected =
  'expected the gateway\'s own address, such as 203.0.113.1 or 2001:db8::1 (leave it out for what is on the link of the device), or { gatewayOf: "eth1" }';
const { via, dev, onlink } = routeAttributes;

/** What is declared of a route: its gateway may be whatever a device has. */
export const declaredRouteAttributes = {
  ...routeAttributes,
  via: attribute<string | GatewayOf, string | GatewayOf>({
    schema: z.union([gatewaySchema, gatewayOfSchema], expected),
    words: (gateway, context) => (isGatewayOf(gateway) ? ["via", `${mark}${gateway.gatewayOf}`] : via.words(gateway, context)),
    observe: (json, context) => via.observe(json, context),
    json: via.json,
    doc: `${via.doc} Or \`{ gatewayOf: "eth1" }\`: the gateway that the device has on the host, followed when it changes; it says \`dev\` and \`onlink\` too.`,
    absent: via.absent,
    ip: via.ip,
    example: "203.0.113.1",
  }),
  dev: attribute({ ...dev, settle: (device, context) => (deviceIn(context["via"]) === device ? undefined : device) }),
  onlink: attribute({ ...onlink, settle: (value, context) => (value && deviceIn(context["via"]) === undefined) || undefined }),
};

type DeclaredRouteValues = Values<typeof declaredRouteAttributes>;
/** A declared route in canonical form. */
export type DeclaredRoute = DeclaredRouteValues & { family: Family; destination: string; table: Table };

const deviceIn = (gateway: unknown): string | undefined => (isGatewayOf(gateway) ? gateway.gatewayOf : undefined);

/** The device whose gateway is its; undefined where that is said. */
export const gatewayDevice = ({ via: gateway }: Pick<DeclaredRoute, "via">): string | undefined => deviceIn(gateway);

/** The same, where its gateway is said. */
export function literalRoute(route: DeclaredRoute): Route | undefined {
  const { via: gateway, ...rest } = route;
  if (gateway === undefined) return rest;
  return isGatewayOf(gateway) ? undefined : { ...route, via: gateway };
}

/** As it is by this device, with this gateway; without one where the device needs none. */
export const withGateway = ({ via: _via, ...rest }: DeclaredRoute, device: string, gateway: string | undefined): Route => ({
  ...rest,
  ...(gateway === undefined ? {} : { via: gateway, onlink: true }),
  dev: device,
});

/** What is a matter of the gateway, or cannot be with one that comes and goes. */
const apart = ["encap", "src", "scope", "expires", "nhid", "nexthops", "from"] as const;

/** What no attribute can say by itself. `pending` names the attributes whose values are not known yet. */
export function settleDeclaredRoute(values: DeclaredRouteValues, pending: ReadonlySet<string>): Problem[] {
  const { via: gateway, ...rest } = values;
  if (!isGatewayOf(gateway)) {
    const literal = gateway === undefined ? rest : { ...rest, via: gateway };
    const problems = settleRoute(literal, pending);
    Object.assign(values, literal);
    return problems;
  }
  const device = gateway.gatewayOf;
  const { onlink: _onlink, ...others } = rest;
  const twice = apart.filter((name) => values[name] !== undefined);
  const literal = { ...others, dev: device };
  // The family is said by what else says it, or by itself.
  const problems = settleRoute(literal, pending);
  if (literal.family !== undefined) values.family = literal.family;
  if (literal.table !== undefined) values.table = literal.table;
  problems.push(...twice.map((name) => ({ path: [name], text: "cannot be combined with via.gatewayOf" })));
  if (values.dev !== undefined && values.dev !== device && !pending.has("dev"))
    problems.push({ path: ["dev"], text: "is another device than via.gatewayOf" });
  return problems;
}
