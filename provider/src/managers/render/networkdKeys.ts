import { everythingOf } from "../../declaration/address";
import type { Family } from "../../declaration/family";
import type { nexthopAttributes } from "../../declaration/nexthop/attributes";
import type { routeAttributes } from "../../declaration/route/attributes";
import type { ruleAttributes } from "../../declaration/rule/rule";
import { maskedOf } from "../../declaration/rule/selectors";
import { tableNumber } from "../../declaration/tableNumber";
import { network, numeric } from "../takeover/addressForms";
import { isYes, type Key, type Keys, reading, said } from "./keys";

const key = (name: string, since?: 252): Key<string | number> => ({
  lines: (value) => [`${name}=${value}`],
  ...reading(name),
  ...(since === undefined ? {} : { since }),
});
const yes = (name: string, since?: 252): Key<boolean> => ({
  lines: () => [`${name}=yes`],
  ...reading(name, isYes),
  ...(since === undefined ? {} : { since }),
});

const families: Readonly<Record<Family, string>> = { inet: "ipv4", inet6: "ipv6" };
const family: Key<Family> = {
  lines: (value) => [`Family=${families[value]}`],
  ...reading("Family", (text) => ({ ipv4: "inet", ipv6: "inet6" })[text] ?? text),
};
const port = (name: string): Key<string> => ({
  ...key(name),
  wrong: (value) => (value.includes("/") ? "a port with a mask has no key up to systemd 252" : undefined),
});
/** networkd ignores larger ones, with a line in its log. */
const window = (name: string): Key<number> => ({
  ...key(name),
  wrong: (value) => (value > 1023 ? "systemd-networkd takes 1023 at most" : undefined),
});

export const ruleKeys: Keys<typeof ruleAttributes> = {
  priority: key("Priority"),
  family,
  not: yes("InvertRule"),
  from: key("From"),
  to: key("To"),
  iif: key("IncomingInterface"),
  oif: key("OutgoingInterface"),
  // Of a mark of zero networkd sends neither mark nor mask: the rule would apply to every packet.
  fwmark: {
    ...key("FirewallMark"),
    wrong: (value) => (maskedOf(value).value === 0 ? "systemd-networkd leaves out a mark of 0" : undefined),
  },
  tos: { lines: (value) => [`TypeOfService=${Number(value)}`], ...reading("TypeOfService") },
  uidrange: key("User"),
  ipproto: key("IPProtocol"),
  sport: port("SourcePort"),
  dport: port("DestinationPort"),
  table: { lines: (value) => [`Table=${tableNumber(value)}`], ...reading("Table") },
  action: { ...key("Type", 252), wrong: (value) => (value === "nop" ? "nop has no key up to systemd 252" : undefined) },
  suppressPrefixlength: key("SuppressPrefixLength"),
  suppressIfgroup: key("SuppressInterfaceGroup", 252),
};

/** `VIA[@DEVICE] [WEIGHT]`, and `ID[:WEIGHT]`. */
function nextHopOf(text: string): unknown {
  const [, via, dev, weight] = /^([^@\s]+)(?:@(\S+))?(?:\s+([0-9]+))?$/.exec(text) ?? [];
  return { via, dev, ...(weight === undefined ? {} : { weight: Number(weight) }) };
}
function memberOf(text: string): unknown {
  const [nhid = "", weight] = text.split(":");
  return { nhid: numeric(nhid), ...(weight === undefined ? {} : { weight: numeric(weight) }) };
}

export const routeKeys: Keys<typeof routeAttributes> = {
  family: said,
  type: key("Type"),
  destination: {
    lines: (value, context) => [`Destination=${value === "default" ? everythingOf(context.family ?? "inet") : value}`],
    ...reading("Destination", network),
  },
  from: key("Source"),
  via: key("Gateway"),
  // What the kernel takes from the lack of a gateway, 247 does not.
  dev: {
    lines: (_, { via, scope, type, family: of }) =>
      (via ?? scope ?? type ?? (of === "inet" ? undefined : of)) === undefined ? ["Scope=link"] : [],
  },
  src: key("PreferredSource"),
  metric: key("Metric"),
  table: { lines: (value) => [`Table=${tableNumber(value)}`], ...reading("Table") },
  scope: key("Scope"),
  onlink: yes("GatewayOnLink"),
  pref: key("IPv6Preference"),
  nhid: key("NextHop", 252),
  mtu: key("MTUBytes"),
  advmss: key("TCPAdvertisedMaximumSegmentSize", 252),
  initcwnd: window("InitialCongestionWindow"),
  initrwnd: window("InitialAdvertisedReceiveWindow"),
  quickack: yes("QuickAck"),
  fastopenNoCookie: yes("FastOpenNoCookie"),
  congctl: key("TCPCongestionControlAlgorithm", 252),
  nexthops: {
    // One of them a line: whoever reads has to gather them.
    ...reading("MultiPathRoute", nextHopOf),
    lines: (several) => several.map(({ via, dev, weight }) => `MultiPathRoute=${via}@${dev}${weight === undefined ? "" : ` ${weight}`}`),
    wrong: (several) => {
      if (several.some(({ via }) => via === undefined)) return "one of several next hops needs a gateway";
      if (several.some(({ onlink }) => onlink === true)) return "onlink of one of several next hops has no key";
      return several.some(({ encap }) => encap !== undefined) ? "encap of one of several next hops has no key" : undefined;
    },
  },
};

export const nexthopKeys: Keys<typeof nexthopAttributes> = {
  nhid: key("Id"),
  family: { ...family, since: 252 },
  via: key("Gateway"),
  dev: said,
  blackhole: yes("Blackhole", 252),
  onlink: yes("OnLink", 252),
  group: {
    ...reading("Group", (text) => text.split(/\s+/).map(memberOf)),
    lines: (members) => [`Group=${members.map(({ nhid, weight }) => (weight === undefined ? `${nhid}` : `${nhid}:${weight}`)).join(" ")}`],
    since: 252,
  },
};
