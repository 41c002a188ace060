import { entryKind } from "../entryKind";
import { routeKey } from "../key";
import { type DeclaredRoute, declaredRouteAttributes, settleDeclaredRoute } from "./declaredRoute";
import { nexthopFields } from "./nexthops";

export const routeKind = entryKind({
  resource: "PolicyRoute",
  doc: "One route: `ip route`.",
  word: "route",
  held: "route",
  args: { name: "RouteArgs", doc: "What `ip route` says of one route." },
  parts: [{ name: "NexthopArgs", doc: "One of several next hops of a route.", fields: nexthopFields }],
  fields: declaredRouteAttributes,
  settle: settleDeclaredRoute,
  section: {
    doc: "Routes, each with the fields of PolicyRoute, and `adopt`. They are made in the order that the kernel needs, whatever their labels.",
    such: '{ destination: "default", via: "203.0.113.1", table: 100 }',
    example: { "rt2-default": { destination: "default", via: "203.0.113.1", dev: "eth1", table: 100 } },
  },
  keyFields: ["family", "destination", "from", "tos", "metric", "table"],
  keyFollows: ["via", "src"],
  key: ({ family, destination, table, ...rest }) =>
    family === undefined || destination === undefined || table === undefined
      ? undefined
      : routeKey({ ...rest, family, destination, table }),
  whole: (values): DeclaredRoute | undefined => {
    const { family, destination, table } = values;
    return family === undefined || destination === undefined || table === undefined ? undefined : { ...values, family, destination, table };
  },
  place: ({ family, table, destination }) => `route/${family}/${table}/${destination}`,
  places: ["route/inet/102/default", "route/inet6/main/2001:db8::/32"],
});
