// What is put on every host, in the three forms that the cases want: fields of a program, lines for `ip -batch`, objects of the kernel folder.
import type { Wanted } from "../../provider/src/kernel/change";
import { wantedRoute } from "../../provider/src/kernel/route";
import { wantedRule } from "../../provider/src/kernel/rule";
import { uplink } from "../lab/addresses.js";

const tableId = 100;
const ruleCount = 20;
const { device, gateway, prefix } = uplink(1, 0);

/** The same for every host: which host it is does not matter to a bench. */
export const objects = {
  tableId,
  routes: [
    { destination: prefix, dev: device },
    { destination: "default", via: gateway, dev: device },
  ],
  rules: Array.from({ length: ruleCount }, (_, index) => ({ priority: 1000 + index, from: `203.0.113.${index + 1}` })),
} as const;

/** Routes and rules; a table's name is nothing to the kernel. */
export const kernelObjects = objects.routes.length + objects.rules.length;
/** As a program declares them: with the table. */
export const resources = 1 + kernelObjects;

const words = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([name, value]) => (name === "destination" ? value : `${name} ${value}`))
    .join(" ");

export const batch: string = [
  ...objects.routes.map((route) => `route add ${words(route)} table ${tableId}`),
  ...objects.rules.map(({ priority, from }) => `rule add from ${from} table ${tableId} priority ${priority}`),
]
  .map((line) => `${line}\n`)
  .join("");

export const wanted = (): Wanted[] => [
  ...objects.routes.map((route) => wantedRoute({ family: "inet", table: tableId, ...route })),
  ...objects.rules.map((rule) => wantedRule({ family: "inet", table: tableId, ...rule })),
];

/** Takes all of it from a host, whichever case put it there, and what our transactions keep there. */
export const clearing = `
ip -4 -N rule show | sed -n 's/^\\(1[0-9]\\{3\\}\\):.*/rule del priority \\1/p' | ip -4 -batch -
ip -4 route flush table ${tableId} 2>/dev/null
rm -rf /run/policy-routing /etc/iproute2/rt_tables.d/policy-routing-*
true`;

/** Prints how many of them a host has. */
export const counting = `{ ip -4 -N rule show | grep '^1[0-9][0-9][0-9]:'; ip -4 -N route show table ${tableId} 2>/dev/null; } | wc -l`;
