import { ownEntry } from "../../../declaration/ownEntry";
import { namesOf } from "../../render/keys";
import { nexthopKeys, routeKeys, ruleKeys } from "../../render/networkdKeys";
import { isMainTable, ofTableLocal } from "../addressForms";
import { headingsIn, type Setting, settingsIn } from "../logicalLines";
import { madeInRun, networkdReads } from "../readAgain";
import type { Reading, Said, Source } from "../reading";
import { baseOf, type Format } from "./format";

/** Sections that are taken, and what their keys say. The keys are those of render. */
const kinds = {
  Route: { kind: "route", keys: namesOf(routeKeys) },
  RoutingPolicyRule: { kind: "rule", keys: namesOf(ruleKeys) },
  NextHop: { kind: "nexthop", keys: namesOf(nexthopKeys) },
} as const;
const isKind = (name: string): name is keyof typeof kinds => Object.hasOwn(kinds, name);

/** /etc/systemd/network/*.network, and drop-ins in FILE.network.d/. */
export const networkd: Format = {
  name: "systemd-networkd",
  again: ({ name }, there) => madeInRun(name) ?? networkdReads(there),
  isOne: ({ text }) =>
    /^\[(Match|Network|Route|RoutingPolicyRule|NextHop)\]/m.test(text) && !/^\[(NetDev|WireGuard|Interface)\]/m.test(text),
  read: (reading, source, others) => {
    const settings = settingsIn(reading.lines);
    const dev = deviceOf(settings) ?? deviceOf(settingsIn(mainOf(source, others)?.text.split(/\r?\n/) ?? []));
    const sections = new Map<number, Setting[]>();
    for (const one of settings) sections.set(one.section, [...(sections.get(one.section) ?? []), one]);
    for (const own of sections.values()) {
      const [{ name } = { name: "" }] = own;
      if (isKind(name)) readSection(reading, name, own, dev);
      else for (const one of own) readOther(reading, one, dev);
    }
    for (const line of headingsIn(reading.lines)) reading.leave("link and address", line);
  },
};

const deviceOf = (settings: readonly Setting[]): string | undefined => {
  const name = settings.find((one) => one.name === "Match" && one.key === "Name")?.value;
  return name === undefined || /[*?[!\s]/.test(name) ? undefined : name;
};

/** The file to which a drop-in belongs. */
function mainOf({ path = "" }: Source, others: readonly Source[]): Source | undefined {
  const folder = path.split("/").at(-2) ?? "";
  return folder.endsWith(".network.d") ? others.find((one) => baseOf(one) === folder.replace(/\.d$/, "")) : undefined;
}

function readOther(reading: Reading, { name, key, value, line, to }: Setting, dev: string | undefined): void {
  if (name !== "Network" || key !== "Gateway") {
    reading.leave("link and address", line, to);
    return;
  }
  reading.leave(`default of table main by ${dev}: the manager makes it at every boot`, line, to);
  reading.said.push({
    kind: "route",
    values: { destination: "default", via: value, ...(dev === undefined ? {} : { dev }) },
    place: { file: reading.name, line },
    isManagers: true,
  });
}

/** Spellings that systemd takes as well, and keys that say nothing of where packets go. */
const alias: Readonly<Record<string, string>> = { GatewayOnlink: "GatewayOnLink" };
const silent = ["Protocol"];

function readSection(reading: Reading, name: keyof typeof kinds, own: readonly Setting[], dev: string | undefined): void {
  const { kind, keys } = kinds[name];
  const first = (own[0]?.line ?? 1) - 1;
  const last = own.at(-1)?.to ?? first;
  const values: Record<string, unknown> = {};
  const hops: unknown[] = [];
  for (const { key, value } of own) {
    const known = keys.get(ownEntry(alias, key) ?? key);
    if (known === undefined && silent.includes(key)) continue;
    if (known === undefined) {
      reading.doubt(`[${name}] ${key}=${value}: the key is not understood`, first, last);
      return;
    }
    if (known.attribute === "nexthops") hops.push(known.value(value));
    // An empty value takes back what was said before.
    else if (value === "") delete values[known.attribute];
    else values[known.attribute] = known.value(value);
  }
  if (/^_?(dhcp4|dhcp|ipv6ra)$/.test(String(values["via"]))) {
    reading.leave("its gateway comes by DHCP or router advertisements", first, last);
    return;
  }
  for (const said of kind === "rule"
    ? rulesOf(values)
    : [kind === "route" ? routeOf(values, hops, dev) : { kind, values: withDevice(values, dev) }])
    reading.take(said, first, last);
}

const withDevice = (values: Readonly<Record<string, unknown>>, dev: string | undefined): Readonly<Record<string, unknown>> =>
  dev === undefined || values["group"] !== undefined || values["blackhole"] === true ? values : { dev, ...values };

/** `Family=both` makes two. */
function rulesOf(values: Readonly<Record<string, unknown>>): Omit<Said, "place">[] {
  const action = values["action"] === "table" ? { action: undefined } : {};
  const said = { ...(values["action"] === undefined || values["action"] === "table" ? { table: "main" } : {}), ...values, ...action };
  const families = values["family"] === "both" ? ["inet", "inet6"] : [values["family"]];
  return families.map((family) => ({
    kind: "rule",
    values: { ...said, family },
    ...(values["priority"] === undefined ? { numberedBy: "networkd" } : {}),
  }));
}

const nowhere: Readonly<Record<string, string>> = { "0.0.0.0": "inet", "::": "inet6" };

/** A gateway that is no address stands for none, and says the family. */
function routeOf(values: Readonly<Record<string, unknown>>, hops: readonly unknown[], dev: string | undefined): Omit<Said, "place"> {
  const { via, ...rest } = values;
  const family = typeof via === "string" ? ownEntry(nowhere, via) : undefined;
  const settled = {
    destination: "default",
    ...(family === undefined ? (via === undefined ? {} : { via }) : { family, ...(family === "inet" ? { scope: "global" } : {}) }),
    ...(ofTableLocal.includes(values["type"]) ? { table: "local" } : {}),
    ...rest,
    ...(hops.length === 0 ? {} : { nexthops: hops }),
  };
  const needsDevice =
    hops.length === 0 && values["nhid"] === undefined && !/^(blackhole|unreachable|prohibit|throw)$/.test(String(values["type"]));
  const isMain = isMainTable(values["table"]);
  return {
    kind: "route",
    values: needsDevice && dev !== undefined ? { dev, ...settled } : settled,
    ...(isMain && settled.destination === "default" ? { isManagers: true } : {}),
  };
}
