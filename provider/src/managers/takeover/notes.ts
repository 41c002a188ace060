import { contains } from "../../declaration/address";
import type { Declared } from "./declare";
import type { Said } from "./reading";

/** What a person should know of what is taken. */
export function notesOn({ rules, routes }: Pick<Declared, "rules" | "routes">, said: readonly Said[]): string[] {
  return [...unnumbered(said), ...uplinks({ rules, routes }), ...withoutDefault({ rules, routes })];
}

function unnumbered(said: readonly Said[]): string[] {
  const of = (who: Said["numberedBy"]): number => said.filter(({ numberedBy }) => numberedBy === who).length;
  return [
    ...(of("kernel") === 0
      ? []
      : [
          "rules without a priority: ip puts each before the lowest one that stands there, so the later line is evaluated first; the numbers above are those of a boot with nothing else",
        ]),
    ...(of("networkd") === 0
      ? []
      : [
          "rules without a priority: systemd-networkd counts down from 32765, the device that comes up later is evaluated first; that of Debian 11 (247) puts each at 0",
        ]),
  ];
}

/** A table whose default goes by one device, and a rule from an address of it: what MultihomedHost makes. */
function uplinks({ rules, routes }: Pick<Declared, "rules" | "routes">): string[] {
  const found = rules.flatMap(({ is: rule }) => {
    const { from, table } = rule;
    const way = routes.find(
      ({ is }) => is.destination === "default" && is.table === table && is.dev !== undefined && is.via !== undefined,
    )?.is;
    return from === undefined || typeof table !== "number" || way === undefined ? [] : [{ table, dev: way.dev ?? "" }];
  });
  const tables = new Map(found.map(({ table, dev }) => [table, dev]));
  if (tables.size < 2) return [];
  const shown = [...tables].map(([table, dev]) => `${dev} (table ${table})`).join(", ");
  return [
    `uplinks: ${shown}. A MultihomedHost says this shorter, but not unchanged: it has its own priorities, a rule for connected networks, and settings of ARP. Take over first, change then`,
  ];
}

function withoutDefault({ rules, routes }: Pick<Declared, "rules" | "routes">): string[] {
  const asked = new Set(rules.flatMap(({ is: { table } }) => (typeof table === "number" ? [table] : [])));
  const empty = [...asked].filter((table) => !routes.some(({ is }) => is.table === table && is.destination === "default"));
  const own = routes.filter(
    ({ is: { destination, via, type } }) =>
      type === undefined && via !== undefined && destination !== "default" && contains(destination, via),
  );
  return [
    ...(empty.length === 0 ? [] : [`no default here in table ${empty.join(", ")}: what its routes do not know goes on to the next rule`]),
    ...own.map(({ is: { destination, via } }) => `${destination} is sent to ${via}, which is inside it`),
  ];
}
