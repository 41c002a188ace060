import { markdownTable } from "markdown-table";
import { families } from "../../provider/src/declaration/family";
import type { Report } from "./exercise";
import { subjects } from "./objects";

/** Fields of the key that stay what they are, or another object begins. */
const settled = new Set(["rule family", "route family", "route destination", "nexthop nhid"]);

/** One line. */
export function printTotals({ iproute2, kernel, objects }: Report): string {
  const total = [...objects.values()].reduce((sum, one) => sum + one, 0);
  return `iproute2 ${iproute2}, Linux ${kernel}: ${total} objects (${[...objects].map(([name, count]) => `${count} ${name}`).join(", ")}), 0 mismatches`;
}

/** What a family's canonical form never says: its default, and a scope where the kernel has none. */
const unsaid = new Set(["nexthop family inet", "route scope inet6"]);

/** Attributes that this release and a family have and that were never created, updated and read back; only those so named. */
export function untouched({ attributes, refused }: Report, begin = "", end = ""): string[] {
  const expected = subjects.flatMap(({ kind, table }) =>
    Object.entries(table).flatMap(([attribute, descriptor]) =>
      (descriptor.families ?? families).map((family) => ({ name: `${kind} ${attribute}`, key: `${kind} ${attribute} ${family}` })),
    ),
  );
  return expected.flatMap(({ name, key }) => {
    const { created, updated, refreshed } = attributes.get(key) ?? { created: 0, updated: 0, refreshed: 0 };
    const done = created > 0 && refreshed > 0 && (updated > 0 || settled.has(name));
    return done || refused.has(name) || unsaid.has(key) || !key.startsWith(begin) || !key.endsWith(end) ? [] : [key];
  });
}

/** What was made, and how often each attribute was created, updated and read back. */
export function printReport(report: Report, seed: number, seconds: number): string {
  const { attributes, refused } = report;
  const names = [...new Set([...attributes.keys()].map((key) => key.split(" ").slice(0, 2).join(" ")))];
  const rows = names.map((name) => [
    name,
    ...["inet", "inet6"].map((family) => {
      const { created = 0, updated = 0, refreshed = 0 } = attributes.get(`${name} ${family}`) ?? {};
      return refreshed === 0 ? "-" : `${created} / ${updated} / ${refreshed}`;
    }),
  ]);
  return [
    `${printTotals(report)}, seed ${seed}, ${seconds.toFixed(0)} s`,
    markdownTable([["attribute", "inet: created / updated / read back", "inet6"], ...rows]),
    ...(refused.size === 0 ? [] : ["refused, as this release lacks it:", ...[...refused].map(([name, why]) => `- ${name}: ${why}`)]),
  ].join("\n");
}
