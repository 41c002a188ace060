import { strict as assert } from "node:assert";
// A host's state as a person writes it: `ip`'s own words, one entry a line.

import { networkOf, parsePrefix } from "../../../../provider/src/declaration/address";
import { canonical } from "../../../../provider/src/declaration/canonical";
import { type Family, families } from "../../../../provider/src/declaration/family";
import { literalRoute } from "../../../../provider/src/declaration/route/declaredRoute";
import { routeKind } from "../../../../provider/src/declaration/route/kind";
import type { Route } from "../../../../provider/src/declaration/route/route";
import { ruleKind } from "../../../../provider/src/declaration/rule/kind";
import type { Rule } from "../../../../provider/src/declaration/rule/rule";
import { literally, rulesIn } from "../../../../provider/src/declaration/rule/ruleSet";
import type { HostAddress, Link, Network } from "../../../../provider/src/kernel/lookup/network";
import { readWords } from "../../../../provider/src/managers/takeover/readWords";

const kernel = 2;
const byHand = 3;

const wrong = (line: string, why: string): Error => new Error(`${line}: ${why}`);

function deviceOf(line: string): Link {
  const [, name = "", kind, ...flags] = line.split(" ");
  const isTunnel = kind === "wireguard" || kind === "tun";
  return {
    name,
    up: !flags.includes("down"),
    carrier: !flags.includes("down"),
    group: 0,
    kind: kind === undefined || kind === "nic" ? undefined : kind,
    master: undefined,
    loopback: name === "lo",
    arp: name !== "lo" && !isTunnel,
  };
}

function addressOf(line: string): HostAddress {
  const [, text = "", , dev = "", ...flags] = line.split(" ");
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw wrong(line, "no address");
  return {
    ...prefix,
    dev,
    scope: dev === "lo" ? 254 : 0,
    secondary: false,
    deprecated: false,
    tentative: false,
    dynamic: flags.includes("dynamic"),
  };
}

/** The rest of a line, with its family where it begins with `-6`, and its tag. */
function entryOf(kind: "rule" | "route", line: string): { values: Readonly<Record<string, unknown>>; protocol: number } {
  const words = line.split(" ").slice(1);
  const family: Family = words[0] === "-6" ? "inet6" : "inet";
  const read = readWords(kind, words[0] === "-6" ? words.slice(1) : words);
  if ("wrong" in read) throw wrong(line, read.wrong);
  return { values: { family, ...read.values }, protocol: read.proto === undefined ? (kind === "rule" ? 0 : byHand) : Number(read.proto) };
}

function ruleOf(line: string): { rule: Rule; protocol: number; unread: [] } {
  const { values, protocol } = entryOf("rule", line);
  const { priority, ...rest } = values;
  // What a check refuses to declare stands on hosts all the same, such as a rule at 0.
  const read = canonical(ruleKind.fields, { ...rest, priority: 1 }, ruleKind.settle);
  const whole = ruleKind.whole(read.values);
  const [rule] = whole === undefined ? [] : rulesIn(literally(whole) ?? assert.fail(line));
  if (rule === undefined || typeof priority !== "number") throw wrong(line, JSON.stringify(read.problems));
  return { rule: { ...rule, priority }, protocol, unread: [] };
}

function routeOf(line: string): { route: Route; protocol: number; unread: [] } {
  const { values, protocol } = entryOf("route", line);
  const read = canonical(routeKind.fields, values, routeKind.settle);
  const whole = routeKind.whole(read.values);
  const route = whole === undefined ? undefined : literalRoute(whole);
  if (route === undefined) throw wrong(line, JSON.stringify(read.problems));
  return { route, protocol, unread: [] };
}

/**
 * `dev NAME [KIND [down]]`, `addr PREFIX dev NAME [dynamic]`, `follows DEVICE KEY`, `rule ...`, `route ...` (as `ip` takes them; `-6` in front for IPv6; `proto 214`: ours),
 * `sysctl NAME VALUE`, `kernel VERSION`. The kernel's own rules and what it makes of addresses come in addition; `local-at N` moves its first rule.
 */
export function stateOf(text: string): Network {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const of = (word: string): string[] => lines.filter((line) => line.startsWith(`${word} `));
  const addresses = of("addr").map(addressOf);
  const localAt = Number(of("local-at")[0]?.split(" ")[1] ?? 0);
  const own = families.flatMap((family): Rule[] => [
    { family, priority: localAt, table: "local" },
    { family, priority: 32766, table: "main" },
    ...(family === "inet" ? [{ family, priority: 32767, table: "default" } as const] : []),
  ]);
  const kernels = addresses.flatMap(({ family, address, length, dev }): Route[] => [
    { family, table: "local", type: "local", destination: address, dev: dev === "lo" || family === "inet" ? dev : "lo" },
    ...(length === (family === "inet" ? 32 : 128)
      ? []
      : [
          {
            family,
            table: "main",
            destination: `${networkOf({ family, address, length })}/${length}`,
            dev,
            ...(family === "inet" ? { src: address } : {}),
          } as const,
        ]),
  ]);
  return {
    rules: [...own.map((rule) => ({ rule, protocol: kernel, unread: [] as const })), ...of("rule").map(ruleOf)],
    routes: [...kernels.map((route) => ({ route, protocol: kernel, unread: [] as const })), ...of("route").map(routeOf)],
    links: [deviceOf("dev lo"), ...of("dev").map(deviceOf)],
    addresses,
    nexthops: [],
    sysctls: Object.fromEntries(of("sysctl").map((line) => [line.split(" ")[1] ?? "", Number(line.split(" ")[2])])),
    follows: new Map(of("follows").map((line) => [line.split(" ").slice(2).join(" "), line.split(" ")[1] ?? ""])),
    kernel: of("kernel")[0]?.split(" ")[1] ?? "6.18.0",
  };
}
