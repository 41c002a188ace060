// What is put on every host, in the forms that the cases want: fields of a program, lines for `ip -batch`, objects of the kernel folder.
import type { Wanted } from "../../provider/src/kernel/plan/change";
import { wantedRoute } from "../../provider/src/kernel/route/route";
import { wantedRule } from "../../provider/src/kernel/rule/rule";
import { uplink } from "../lab/addresses";

export const tableId = 100;
const { device, gateway, prefix } = uplink(1, 0);

export interface Objects {
  readonly tableId: number;
  readonly routes: readonly { readonly destination: string; readonly dev: string; readonly via?: string }[];
  readonly rules: readonly { readonly priority: number; readonly from: string }[];
}

/** Routes and rules of a host by default; a table's name is nothing to the kernel. */
export const usual = 22;

/** So many routes and rules, the same for every host: which host it is does not matter to a bench. */
export function objectsOf(count: number): Objects {
  const routes = [
    { destination: prefix, dev: device },
    { destination: "default", via: gateway, dev: device },
  ];
  const rules = Array.from({ length: count - routes.length }, (_, index) => ({
    priority: 1000 + index,
    from: `203.0.${113 + Math.floor(index / 250)}.${(index % 250) + 1}`,
  }));
  return { tableId, routes, rules };
}

/** As a program of granular resources declares them: with the table. */
export const resourcesOf = (count: number): number => 1 + count;

const words = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([name, value]) => (name === "destination" ? value : `${name} ${value}`))
    .join(" ");

/** The lines of `ip -batch` that make them. */
export const batchLines = ({ routes, rules }: Objects): string[] => [
  ...routes.map((route) => `route add ${words({ ...route })} table ${tableId}`),
  ...rules.map(({ priority, from }) => `rule add from ${from} table ${tableId} priority ${priority}`),
];

export const wanted = ({ routes, rules }: Objects): Wanted[] => [
  ...routes.map((route) => wantedRoute({ family: "inet", table: tableId, ...route })),
  ...rules.map((rule) => wantedRule({ family: "inet", table: tableId, ...rule })),
];

/** Takes all of it from a host, whichever case put it there, and what our transactions keep there. */
export const clearing = `
ip -4 -N rule show | sed -n 's/^\\(1[0-9]\\{3\\}\\):.*/rule del priority \\1/p' | ip -4 -batch -
ip -4 route flush table ${tableId} 2>/dev/null
rm -rf /run/policy-routing /etc/iproute2/rt_tables.d/policy-routing-*
true`;

/** Prints how many of them a host has. */
export const counting = `{ ip -4 -N rule show | grep '^1[0-9][0-9][0-9]:'; ip -4 -N route show table ${tableId} 2>/dev/null; } | wc -l`;
