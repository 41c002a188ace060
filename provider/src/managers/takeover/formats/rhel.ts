import { maskLength, network } from "../addressForms";
import { saidBy } from "../commands";
import { networkManagerReads } from "../readAgain";
import type { Reading } from "../reading";
import { Shell } from "../shell";
import { baseOf, type Format } from "./format";

const files = /^(rule|rule6|route|route6|ifcfg)-(.+)$/;

/** /etc/sysconfig/network-scripts: a line of rule-DEVICE and route-DEVICE is what stands behind `ip rule add` and `ip route add`. */
export const rhel: Format = {
  name: "ifcfg",
  again: () => ({ why: "with the old network service: nothing until the next boot", run: networkManagerReads() }),
  isOne: (source) => files.test(baseOf(source)),
  read: (reading, source) => {
    const [, what = "", device = ""] = files.exec(baseOf(source)) ?? [];
    if (what === "ifcfg") {
      readSettings(reading, device);
      return;
    }
    const kind = what.startsWith("rule") ? "rule" : "route";
    if (kind === "route" && reading.lines.some((line) => /^\s*ADDRESS[0-9]+=/.test(line))) {
      readNumbered(reading, device);
      return;
    }
    for (const [index, text] of reading.lines.entries()) {
      const [command, ...more] = new Shell().read(text);
      if (command === undefined) continue;
      const said = saidBy(kind, command.words, what.endsWith("6") ? "inet6" : undefined);
      if (command.isComputed || more.length > 0) reading.doubt(`${text.trim()}: computed by a shell`, index + 1);
      else if ("wrong" in said) reading.doubt(`${text.trim()}: ${said.wrong}`, index + 1);
      else reading.take(said, index + 1);
    }
  },
};

const settingIn = (line: string): readonly [key: string, value: string] | undefined => {
  const [, key, value] = /^\s*([A-Za-z0-9_]+)=["']?(.*?)["']?\s*$/.exec(line) ?? [];
  return key === undefined || value === undefined ? undefined : [key, value];
};

function readSettings(reading: Reading, device: string): void {
  for (const [index, text] of reading.lines.entries()) {
    const [key, value] = settingIn(text) ?? [];
    if (key === undefined) continue;
    if (!/^(GATEWAY[0-9]*|IPV6_DEFAULTGW)$/.test(key)) {
      reading.leave(`link and address of ${device}`, index + 1);
      continue;
    }
    reading.leave(`default of table main by ${device}: the manager makes it at every boot`, index + 1);
    reading.said.push({
      kind: "route",
      values: { destination: "default", via: value, dev: device },
      place: { file: reading.name, line: index + 1 },
      isManagers: true,
    });
  }
}

/** `ADDRESS0=`, `NETMASK0=`, `GATEWAY0=`. */
function readNumbered(reading: Reading, dev: string): void {
  const lines = new Map<string, { values: Map<string, string>; first: number; last: number }>();
  for (const [index, text] of reading.lines.entries()) {
    const [, key = "", number = ""] = /^([A-Z_]+?)([0-9]+)$/.exec(settingIn(text)?.[0] ?? "") ?? [];
    if (key === "") continue;
    const one = lines.get(number) ?? { values: new Map(), first: index + 1, last: index + 1 };
    one.values.set(key, settingIn(text)?.[1] ?? "");
    lines.set(number, { ...one, last: index + 1 });
  }
  for (const { values, first, last } of lines.values()) {
    const length = maskLength(values.get("NETMASK") ?? "255.255.255.255");
    const via = values.get("GATEWAY");
    const destination = network(`${values.get("ADDRESS")}/${length ?? "?"}`);
    reading.take({ kind: "route", values: { destination, dev, ...(via === undefined ? {} : { via }) } }, first, last);
  }
}
