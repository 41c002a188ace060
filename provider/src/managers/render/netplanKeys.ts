import { everythingOf } from "../../declaration/address";
import { u32 } from "../../declaration/number";
import type { routeAttributes } from "../../declaration/route/attributes";
import type { ruleAttributes } from "../../declaration/rule/rule";
import { maskedOf } from "../../declaration/rule/selectors";
import { tableNumber } from "../../declaration/tableNumber";
import { network } from "../takeover/addressForms";
import { isYes, type Key, type Keys, none, reading, said } from "./keys";

/** A word with a colon would be a key. */
export const scalar = (value: string | number): string =>
  /^[A-Za-z0-9_./-]+$/.test(String(value)) ? String(value) : JSON.stringify(value);
const key = (name: string): Key<string | number> => ({ lines: (value) => [`${name}: ${scalar(value)}`], ...reading(name) });
const text = (name: string): Key<string> => ({ ...key(name), ...reading(name, (value) => value) });
/** It hands these to systemd-networkd, which ignores larger ones. */
const window = (name: string): Key<number> => ({
  ...key(name),
  wrong: (value) => (value > 1023 ? "systemd-networkd takes 1023 at most" : undefined),
});
export const routeKeys: Keys<typeof routeAttributes> = {
  family: said,
  type: text("type"),
  destination: {
    lines: (value, { family = "inet" }) => [`to: ${scalar(value === "default" ? everythingOf(family) : value)}`],
    ...reading("to", network),
  },
  via: text("via"),
  // A route without a gateway must say that it is on the link.
  dev: { lines: (_, { via, scope, type }) => ((via ?? scope ?? type) === undefined ? ["scope: link"] : []) },
  src: text("from"),
  metric: key("metric"),
  table: { lines: (value) => [`table: ${tableNumber(value)}`], ...reading("table") },
  scope: {
    ...text("scope"),
    wrong: (value, { via, type }) => {
      if (value === "site") return "site is no scope of netplan's";
      return value === "global" && via === undefined && type === undefined ? "a route of scope global needs a gateway" : undefined;
    },
  },
  onlink: { lines: () => ["on-link: true"], ...reading("on-link", isYes) },
  mtu: key("mtu"),
  advmss: { ...none("has no key up to netplan 0.106"), ...reading("advertised-mss") },
  initcwnd: window("congestion-window"),
  initrwnd: window("advertised-receive-window"),
};

export const ruleKeys: Keys<typeof ruleAttributes> = {
  priority: key("priority"),
  family: { ...said, wrong: (_, { from, to }) => ((from ?? to) === undefined ? "netplan wants a rule to say from or to" : undefined) },
  from: text("from"),
  to: text("to"),
  fwmark: {
    lines: (value) => [`mark: ${maskedOf(value).value}`],
    ...reading("mark"),
    wrong: (value) => {
      const { value: mark, mask } = maskedOf(value);
      if (mark === 0) return "netplan leaves out a mark of 0";
      return mask === u32 ? undefined : "a mask has no key";
    },
  },
  tos: { lines: (value) => [`type-of-service: ${Number(value)}`], ...reading("type-of-service") },
  table: { lines: (value) => [`table: ${tableNumber(value)}`], ...reading("table") },
};
