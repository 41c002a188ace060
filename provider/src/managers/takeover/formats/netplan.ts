import { isErrorType } from "../../../declaration/route/type";
import { routeKeys, ruleKeys } from "../../render/netplanKeys";
import { isMainTable, ofTableLocal } from "../addressForms";
import { familyIn } from "../canonicalForm";
import { netplanReads } from "../readAgain";
import type { Reading } from "../reading";
import { YamlNode } from "../yamlNode";
import type { Format } from "./format";
import { fieldsOf, valuesOf } from "./yamlFields";

const routeFields = fieldsOf(routeKeys);
const ruleFields = fieldsOf(ruleKeys);
const devices = [
  "ethernets",
  "wifis",
  "bonds",
  "bridges",
  "vlans",
  "vrfs",
  "tunnels",
  "modems",
  "dummy-devices",
  "virtual-ethernets",
  "nm-devices",
];

const isByNetworkManager = (line: string): boolean => /\brenderer["']?\s*:\s*["']?NetworkManager/.test(line);

/** /etc/netplan/*.yaml, and the same below `network:` of cloud-init. */
export const netplan: Format = {
  name: "netplan",
  again: ({ lines }, there) => netplanReads(lines.some(isByNetworkManager), there),
  // To parse it costs more than to see that it cannot be one.
  isOne: ({ text }) =>
    /\bnetwork["']?\s*:/.test(text) && !text.startsWith("#cloud-config") && YamlNode.parse(text)?.get("network") !== undefined,
  read: (reading, { text }) => {
    const root = YamlNode.parse(text)?.get("network");
    if (root !== undefined) readNetwork(reading, root);
    reading.leave("what is no device", 1, reading.lines.length);
  },
};

export function readNetwork(reading: Reading, root: YamlNode): void {
  const isNumberedByNetworkd = root.get("renderer")?.text !== "NetworkManager";
  if (root.get("version")?.scalar === 1) {
    reading.doubt("network-config version 1 has routes of table main alone", root.line);
    return;
  }
  nameMerged(reading, "network", root);
  for (const kind of devices) nameMerged(reading, kind, root.get(kind));
  for (const kind of devices)
    for (const [id, device] of root.get(kind)?.entries ?? []) readDevice(reading, id, device, isNumberedByNetworkd, kind === "vrfs");
}

function nameMerged(reading: Reading, where: string, node: YamlNode | undefined): void {
  const merged = node?.get("<<");
  if (merged !== undefined)
    reading.doubt(`${where}: netplan merges no keys by <<: cloud-init does, before it writes them down`, merged.line, merged.to);
}

function readDevice(reading: Reading, id: string, device: YamlNode, isNumbered: boolean, isVrf: boolean): void {
  const isFound = device.get("match") === undefined || device.get("match", "name")?.text?.includes("*") === false;
  const dev = device.get("set-name")?.text ?? device.get("match", "name")?.text ?? id;
  const named = isFound || device.get("set-name") !== undefined ? { dev } : {};
  const table = isVrf ? device.get("table")?.scalar : undefined;
  nameMerged(reading, id, device);
  for (const [key, said] of device.get("networkmanager", "passthrough")?.entries ?? [])
    if (/^ipv[46]\.(gateway|route|routing-rule)/.test(key))
      reading.doubt(`${key}: netplan hands it to NetworkManager unread: give the keyfile that it makes too`, said.line, said.to);
  for (const key of ["routes", "routing-policy"]) {
    const list = device.get(key);
    if (list !== undefined && !list.isList) reading.doubt(`${key}: netplan wants a list`, list.line, list.to);
  }
  for (const key of ["gateway4", "gateway6"]) {
    const gateway = device.get(key);
    if (gateway === undefined) continue;
    reading.leave(`default of table main by ${dev}: the renderer makes it at every boot`, gateway.line, gateway.to);
    reading.said.push({
      kind: "route",
      values: { destination: "default", via: gateway.text, ...named },
      place: { file: reading.name, line: gateway.line },
      isManagers: true,
    });
  }
  for (const route of device.get("routes")?.items ?? []) {
    const { values, unknown } = valuesOf(route, routeFields);
    if (unknown.length > 0) reading.doubt(`a route with ${unknown.join(", ")}`, route.line, route.to);
    else readRoute(reading, withTable(placed(values, named), table), route);
  }
  for (const rule of device.get("routing-policy")?.items ?? []) {
    const { values, unknown } = valuesOf(rule, ruleFields);
    if (unknown.length > 0) reading.doubt(`a rule with ${unknown.join(", ")}`, rule.line, rule.to);
    else if (values["priority"] === undefined && !isNumbered)
      reading.doubt("a rule without priority, which NetworkManager does not take", rule.line, rule.to);
    else reading.take({ kind: "rule", values: { table: table ?? "main", ...values }, numberedBy: "networkd" }, rule.line, rule.to);
  }
  reading.leave(`link and address of ${dev}`, device.line, device.to);
}

/** A route that refuses has no device, and of IPv6 the kernel keeps no scope. */
function placed({ scope, ...values }: Record<string, unknown>, named: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const said = isErrorType(values["type"]) ? values : { ...values, ...named };
  return scope === undefined || familyIn(said) === "inet6" ? said : { ...said, scope };
}

const withTable = (values: Record<string, unknown>, table: unknown): Record<string, unknown> => ({
  ...(ofTableLocal.includes(values["type"]) ? { table: "local" } : table === undefined ? {} : { table }),
  ...values,
});

function readRoute(reading: Reading, values: Record<string, unknown>, { line, to }: YamlNode): void {
  const isMain = isMainTable(values["table"]);
  const isDefault = ["default", "0.0.0.0/0", "::/0"].includes(String(values["destination"]));
  reading.take({ kind: "route", values, ...(isMain && isDefault ? { isManagers: true } : {}) }, line, to);
}
