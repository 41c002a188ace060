import { encap } from "./encap";
import { routeKeyAttributes } from "./key";
import { metricAttributes } from "./metrics";
import { nextHopAttributes } from "./nextHop";
import { nexthops } from "./nexthops";
import { optionAttributes } from "./options";
import { type } from "./type";

const { via, dev, src, scope, onlink } = nextHopAttributes;
const { family, destination, from, tos, metric, table } = routeKeyAttributes;

/** Every attribute of a route, in the order in which `ip` is given its words. */
export const routeAttributes = {
  family,
  type,
  destination,
  from,
  tos,
  encap,
  via,
  dev,
  src,
  metric,
  table,
  scope,
  onlink,
  ...optionAttributes,
  ...metricAttributes,
  nexthops,
};
