// All entries of a host in one resource.
const {
  hosts,
  door = "dynamic",
  guard,
  tableId: table,
  routes,
  rules,
  changed,
} = JSON.parse(require("node:fs").readFileSync(process.env.BENCH, "utf8"));
const { HostRouting } = require(door === "plugin" ? "pulumi-policy-routing/plugin" : "pulumi-policy-routing");
const labelled = (entries, prefix) => Object.fromEntries(entries.map((entry, number) => [`${prefix}${number}`, { ...entry, table }]));
for (const [index, connection] of hosts.entries()) {
  const [first, ...others] = rules;
  const own = index === 0 && changed !== undefined ? [{ ...first, from: changed }, ...others] : rules;
  new HostRouting(`h${index}`, {
    connection,
    ...(guard === undefined ? {} : { guard }),
    routes: labelled(routes, "route"),
    rules: labelled(own, "rule"),
  });
}
