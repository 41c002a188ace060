import { entryKind } from "../entryKind";
import { routeKey } from "../key";
import { type DeclaredRoute, declaredRouteAttributes, settleDeclaredRoute } from "./declaredRoute";

export const routeKind = entryKind({
  resource: "PolicyRoute",
  word: "route",
  fields: declaredRouteAttributes,
  settle: settleDeclaredRoute,
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
});
