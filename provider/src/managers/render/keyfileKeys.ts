import { familyOf } from "../../declaration/address";
import type { Attribute } from "../../declaration/attribute";
import type { routeAttributes } from "../../declaration/route/attributes";
import { scopeNumbers } from "../../declaration/route/nextHop";
import { isErrorType } from "../../declaration/route/type";
import { ruleAttributes } from "../../declaration/rule/rule";
import { maskedOf } from "../../declaration/rule/selectors";
import { tableNumber } from "../../declaration/tableNumber";
import { isYes, type Key, type Keys, none, reading, said } from "./keys";

const option = (name: string): Key<string | number> => ({ lines: (value) => [`${name}=${value}`], ...reading(name) });
const flag = (name: string): Key<boolean> => ({
  lines: () => [`${name}=true`],
  // What says no is as if it were not there.
  ...reading(name, (text) => (isYes(text) ? true : undefined)),
});
const scopeNames = Object.entries(scopeNumbers);

/** Options of a route: `routeN_options=table=100,mtu=1400`. Destination, gateway and metric stand in `routeN` itself. */
export const routeKeys: Keys<typeof routeAttributes> = {
  family: said,
  type: {
    ...option("type"),
    // NetworkManager gives scope link to what has no gateway, and the kernel's own is global for what refuses.
    lines: (value, { family, scope }) => [
      `type=${value}`,
      ...(family === "inet" && isErrorType(value) && scope === undefined ? ["scope=0"] : []),
    ],
    wrong: (value) => (["broadcast", "anycast", "multicast"].includes(value) ? `${value} is no type of NetworkManager's` : undefined),
  },
  destination: said,
  from: option("from"),
  tos: { lines: (value) => [`tos=${Number(value)}`], ...reading("tos") },
  via: { ...said, wrong: (value, { family }) => (familyOf(String(value)) === family ? undefined : "a gateway of the other family") },
  dev: said,
  src: option("src"),
  metric: said,
  table: { lines: (value) => [`table=${tableNumber(value)}`], ...reading("table") },
  scope: {
    lines: (value) => [`scope=${scopeNumbers[value]}`],
    ...reading("scope", (text) => scopeNames.find(([, number]) => String(number) === text)?.[0] ?? text),
  },
  onlink: flag("onlink"),
  mtu: option("mtu"),
  mtuLock: flag("lock-mtu"),
  advmss: option("advmss"),
  advmssLock: flag("lock-advmss"),
  window: option("window"),
  windowLock: flag("lock-window"),
  rtoMin: option("rto_min"),
  cwnd: option("cwnd"),
  cwndLock: flag("lock-cwnd"),
  initcwnd: option("initcwnd"),
  initcwndLock: flag("lock-initcwnd"),
  initrwnd: option("initrwnd"),
  initrwndLock: flag("lock-initrwnd"),
  quickack: flag("quickack"),
  nexthops: none("several next hops: NetworkManager joins routes of several connections by itself"),
};

/** A rule is written in the words of `ip`. */
const words = <Value, Input>(attribute: Attribute<Value, Input>): Key<Value> => ({
  lines: (value, context) => attribute.words(value, context),
});
const port = <Input>(attribute: Attribute<string, Input>): Key<string> => ({
  ...words(attribute),
  wrong: (value) => (value.includes("/") ? "a port with a mask is no word of NetworkManager's" : undefined),
});

export const ruleKeys: Keys<typeof ruleAttributes> = {
  priority: words(ruleAttributes.priority),
  family: said,
  not: words(ruleAttributes.not),
  from: words(ruleAttributes.from),
  to: words(ruleAttributes.to),
  iif: words(ruleAttributes.iif),
  oif: words(ruleAttributes.oif),
  fwmark: {
    ...words(ruleAttributes.fwmark),
    wrong: (value) => (maskedOf(value).value === 0 ? "NetworkManager leaves out a mark of 0" : undefined),
  },
  tos: words(ruleAttributes.tos),
  uidrange: words(ruleAttributes.uidrange),
  ipproto: words(ruleAttributes.ipproto),
  sport: port(ruleAttributes.sport),
  dport: port(ruleAttributes.dport),
  table: words(ruleAttributes.table),
  action: { ...words(ruleAttributes.action), wrong: (value) => (value === "nop" ? "nop is no word of NetworkManager's" : undefined) },
  suppressPrefixlength: words(ruleAttributes.suppressPrefixlength),
};
