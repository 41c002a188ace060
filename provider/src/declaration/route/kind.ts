import { entryKind } from "../entryKind";
import { routeKey } from "../key";
import { routeAttributes } from "./attributes";
import { type Route, settleRoute } from "./route";

export const routeKind = entryKind({
  resource: "PolicyRoute",
  word: "route",
  fields: routeAttributes,
  settle: settleRoute,
  keyFields: ["family", "destination", "from", "tos", "metric", "table"],
  keyFollows: ["via", "src"],
  key: ({ family, destination, table, ...rest }) =>
    family === undefined || destination === undefined || table === undefined
      ? undefined
      : routeKey({ ...rest, family, destination, table }),
  whole: (values): Route | undefined => {
    const { family, destination, table } = values;
    return family === undefined || destination === undefined || table === undefined ? undefined : { ...values, family, destination, table };
  },
});
