// Every entry a resource of its own: one table, its routes and its rules on each host.
const { hosts, door = "dynamic", guard, tableId, routes, rules } = JSON.parse(require("node:fs").readFileSync(process.env.BENCH, "utf8"));
const { PolicyRoute, PolicyRule, RoutingTable } = require(door === "plugin" ? "pulumi-policy-routing/plugin" : "pulumi-policy-routing");
for (const [index, connection] of hosts.entries()) {
  const shared = { connection, ...(guard === undefined ? {} : { guard }) };
  const { tableId: table } = new RoutingTable(`h${index}-table`, { ...shared, tableId, name: "bench" });
  for (const [number, route] of routes.entries()) new PolicyRoute(`h${index}-route${number}`, { ...shared, ...route, table });
  for (const rule of rules) new PolicyRule(`h${index}-rule${rule.priority}`, { ...shared, ...rule, table });
}
