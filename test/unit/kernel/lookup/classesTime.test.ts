import assert from "node:assert/strict";
// What is published: tsx would name each closure anew, at every lookup.
import { classesBetween } from "../../../../provider/dist/kernel/lookup/classes/told";
import type { Route } from "../../../../provider/src/declaration/route/route";
import type { Rule } from "../../../../provider/src/declaration/rule/rule";
import { host } from "./host";

const hundred = Array.from({ length: 100 }, (_, index) => index);
const gateway = (index: number): Pick<Route, "via" | "dev"> => ({
  via: `198.18.${1 + (index % 2)}.${10 + (index % 5)}`,
  dev: index % 2 ? "e1" : "e0",
});
const rules = hundred.map((index): Rule => ({ family: "inet", priority: 1000 + index, from: `10.1.${index}.0/24`, table: 1000 + index }));
const routes = [
  ...hundred.map((index): Route => ({ family: "inet", table: 1000 + index, destination: "default", ...gateway(index) })),
  ...Array.from({ length: 900 }, (_, index): Route => {
    const destination = `172.${16 + (index >> 8)}.${index & 255}.0/24`;
    return { family: "inet", table: index % 3 === 0 ? 1000 + (index % 100) : "main", destination, ...gateway(index) };
  }),
];

describe("classes of packets, of 100 rules and 1,000 routes", () => {
  const changes: readonly [string, { readonly rules: Rule[]; readonly routes: Route[] }][] = [
    ["a default route of main", { rules, routes: [...routes, { family: "inet", table: "main", destination: "default", ...gateway(0) }] }],
    ["a rule for all packets", { rules: [...rules, { family: "inet", priority: 500, table: 1000 }], routes }],
    ["a rule that goes", { rules: rules.slice(1), routes }],
  ];
  for (const [what, after] of changes)
    it(`take two seconds of a processor at most: ${what}`, function () {
      this.timeout(60_000);
      const start = process.cpuUsage();
      const { moved, unsure } = classesBetween(host({ rules, routes }), host(after));
      const { user, system } = process.cpuUsage(start);
      assert.ok(moved.length > 0);
      assert.deepEqual(unsure, []);
      assert.ok(user + system < 2_000_000, `${(user + system) / 1e6} s`);
    });
});
