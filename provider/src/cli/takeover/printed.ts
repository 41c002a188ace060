import { stringify } from "yaml";
import type { Connection } from "../../declaration/connection";
import { escapeLine } from "../../errors";
import type { Declared } from "../../managers/takeover/declare";
import { type Place, printPlace } from "../../managers/takeover/reading";
import { sectionsOf, type Values } from "../../managers/takeover/sections";

const comment = (places: readonly Place[]): string => [...new Set(places.map(printPlace))].map(escapeLine).join("; ");

const loginOf = ({ host, user, port, sudo }: Connection): Values =>
  Object.fromEntries(Object.entries({ host, user, port, sudo }).filter(([, value]) => value !== undefined));

const inline = (values: Values): string => stringify(values, { collectionStyle: "flow", lineWidth: 0 }).trimEnd();

/** systemd-networkd removes what it did not make, unless it is told not to: a program says so from its first `up` on. */
const coexistReason = "systemd-networkd runs there: it is told to leave alone what it did not make";

const key = (text: string): string => stringify(text).trimEnd();

/** What a host declares, below the line that names it. */
const declaredBelow = (indent: string, connection: Connection, declared: Declared, coexist: boolean): string[] =>
  [
    `connection: ${inline(loginOf(connection))}`,
    "adopt: same",
    ...(coexist ? [`coexist: configure # ${coexistReason}`] : []),
    ...sectionsOf(declared).flatMap(({ name: section, entries }) => [
      `${section}:`,
      ...entries.map(({ label, values, places }) => `  ${key(label)}: ${inline(values)} # ${comment(places)}`),
    ]),
  ].map((line) => `${indent}${line}`);

/** One host of a stack's `hosts:`. */
export const printYaml = (name: string, connection: Connection, declared: Declared, coexist = false): string =>
  ["hosts:", `  ${key(name)}:`, ...declaredBelow("    ", connection, declared, coexist)].join("\n");

/** A program in YAML, which the plugin serves. */
export function printYamlProgram(name: string, connection: Connection, declared: Declared, coexist = false): string {
  const plain = name.replaceAll(/[^A-Za-z0-9_-]/g, "-");
  return [
    `name: ${key(plain)}`,
    "runtime: yaml",
    "plugins:",
    "  providers:",
    "    - name: policyrouting",
    "      path: node_modules/.bin",
    "resources:",
    `  ${key(plain)}:`,
    "    type: policyrouting:HostRouting",
    "    properties:",
    ...declaredBelow("      ", connection, declared, coexist),
  ].join("\n");
}

const literal = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, inner]) => `${/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name)}: ${literal(inner)}`)
    .join(", ")} }`;
};

/** A program with one HostRouting. */
export function printTypescript(name: string, connection: Connection, declared: Declared, coexist = false): string {
  return [
    'import { HostRouting } from "pulumi-policy-routing";',
    "",
    `new HostRouting(${JSON.stringify(name)}, {`,
    `  connection: ${literal(loginOf(connection))},`,
    '  adopt: "same",',
    ...(coexist ? [`  coexist: "configure", // ${coexistReason}`] : []),
    ...sectionsOf(declared).flatMap(({ name: section, entries }) => [
      `  ${section}: {`,
      ...entries.map(({ label, values, places }) => `    ${JSON.stringify(label)}: ${literal(values)}, // ${comment(places)}`),
      "  },",
    ]),
    "});",
  ].join("\n");
}
