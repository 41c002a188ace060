import { isErrorType } from "../../../declaration/route/type";
import { routeKeys } from "../../render/keyfileKeys";
import { namesOf } from "../../render/keys";
import { network, numeric } from "../addressForms";
import { saidBy } from "../commands";
import { headingsIn, type Setting, settingsIn } from "../logicalLines";
import { madeInRun, networkManagerReads } from "../readAgain";
import type { Reading } from "../reading";
import type { Format } from "./format";

/** The metric that NetworkManager gives to routes without one, by the kind of device; to those of a second device one more. */
const metrics: Readonly<Record<string, number>> = {
  wireguard: 50,
  ethernet: 100,
  "802-3-ethernet": 100,
  infiniband: 150,
  bond: 300,
  team: 350,
  vlan: 400,
  bridge: 425,
  tun: 450,
  dummy: 550,
  wifi: 600,
  "802-11-wireless": 600,
};

/** The options that render prints. */
const options = namesOf(routeKeys);

const isDevice = ({ name, key }: Setting): boolean => name === "connection" && key === "interface-name";

/** /etc/NetworkManager/system-connections/*.nmconnection. */
export const keyfile: Format = {
  name: "NetworkManager",
  again: ({ name, lines }) => madeInRun(name) ?? { run: networkManagerReads(settingsIn(lines).find(isDevice)?.value) },
  isOne: ({ text }) => /^\[connection\]/m.test(text) && /^\[(ipv4|ipv6)\]/m.test(text),
  read: (reading) => {
    const settings = settingsIn(reading.lines);
    const at = (name: string, key: string): string | undefined => settings.find((one) => one.name === name && one.key === key)?.value;
    const dev = settings.find(isDevice)?.value;
    for (const family of ["inet", "inet6"] as const) {
      const section = family === "inet" ? "ipv4" : "ipv6";
      const own = settings.filter(({ name }) => name === section);
      const metric = at(section, "route-metric") ?? metrics[at("connection", "type") ?? ""];
      const of = { family, ...(dev === undefined ? {} : { dev }), ...(metric === undefined ? {} : { metric: Number(metric) }) };
      for (const setting of own) readSetting(reading, setting, own, of, at(section, "route-table"));
    }
    for (const { name, line, to } of settings) if (name !== "ipv4" && name !== "ipv6") reading.leave("the connection itself", line, to);
    for (const line of headingsIn(reading.lines)) reading.leave("the connection itself", line);
  },
};

function readSetting(
  reading: Reading,
  setting: Setting,
  own: readonly Setting[],
  of: Readonly<Record<string, unknown>>,
  table: string | undefined,
): void {
  const { key, value, line, to } = setting;
  const isMain = table === undefined || table === "254" || table === "0";
  const inTable = isMain ? {} : { table: numeric(table) };
  if (/^routing-rule[0-9]+$/.test(key)) {
    const said = saidBy("rule", value.trim().split(/\s+/), of["family"] === "inet6" ? "inet6" : "inet");
    if ("wrong" in said) reading.doubt(`${key}: ${said.wrong}`, line, to);
    else if (said.values["priority"] === undefined) reading.doubt(`${key} has no priority, which NetworkManager does not take`, line, to);
    else reading.take(said, line, to);
  } else if (/^routes?[0-9]+$/.test(key)) {
    const [destination = "", via, metric] = value.split(/[,;\s]+/);
    const more = optionsOf(own.find((one) => one.key === `${key}_options`)?.value ?? "");
    if ("wrong" in more) {
      reading.doubt(`${key}: ${more.wrong}`, line, to);
      return;
    }
    const values = {
      ...of,
      destination: network(destination),
      ...(via === undefined || /^(0\.0\.0\.0|::|)$/.test(via) ? {} : { via }),
      ...(metric === undefined || metric === "" ? {} : { metric: numeric(metric) }),
      ...inTable,
      ...more.values,
      ...(isErrorType(more.values["type"]) ? { dev: undefined } : {}),
    };
    const inMain = isMain && [undefined, 0, 254].some((main) => main === more.values["table"]);
    const isMetricGuessed = metric === undefined && !own.some((one) => one.key === "route-metric");
    if (isMetricGuessed)
      reading.note(
        `${key} has no metric: NetworkManager gives ${of["metric"] === undefined ? "one" : String(of["metric"])}, or more where another device has that`,
        line,
      );
    reading.take(
      { kind: "route", values, isMetricGuessed, ...(inMain && /^(0\.0\.0\.0|::)\/0$/.test(destination) ? { isManagers: true } : {}) },
      line,
      to,
    );
  } else if (/^route[0-9]+_options$/.test(key)) reading.leave("told with its route", line, to);
  else if ((/^address(es)?[0-9]+$/.test(key) && /[,;]\s*\S/.test(value)) || key === "gateway") {
    const via = key === "gateway" ? value : value.split(/[,;\s]+/)[1];
    const values = { ...of, destination: "default", via, ...inTable };
    reading.take({ kind: "route", values, isManagers: isMain }, line, to);
    reading.note(
      `${key} makes the default of ${isMain ? "table main" : `table ${table}`}, and the addresses stay with NetworkManager`,
      line,
    );
  } else reading.leave("link and address", line, to);
}

function optionsOf(text: string): { readonly values: Readonly<Record<string, unknown>> } | { readonly wrong: string } {
  const values: Record<string, unknown> = {};
  for (const part of text.split(",").filter((one) => one.trim() !== "")) {
    const [, name = part, value = ""] = /^\s*([^=]+)=(.*?)\s*$/.exec(part) ?? [];
    const read = options.get(name);
    if (read === undefined) return { wrong: `the option ${name} is not understood` };
    values[read.attribute] = read.value(value);
  }
  return { values };
}
