// What the engine itself costs: as many resources as the granular program declares, with the same edges, that do nothing.
// Each carries its serialised closure, as every dynamic resource does that is written as the handbook says. With `carries` it also has what
// a whole host's resource has as inputs: engine and SDK take time for each value, whatever is done with it.
const pulumi = require("@pulumi/pulumi");

const inert = {
  check: async (_olds, news) => ({ inputs: news }),
  diff: async (_id, olds, news) => ({ changes: olds.value !== news.value }),
  create: async (inputs) => ({ id: inputs.name, outs: inputs }),
  read: async (id, props) => ({ id, props }),
  update: async (_id, _olds, news) => ({ outs: news }),
  delete: async () => {},
};

class Inert extends pulumi.dynamic.Resource {
  constructor(name, props) {
    super(inert, name, { name, ...props }, undefined, "bench", "Inert");
  }
}

const { hosts, objectsPerHost, carries, tableId, routes, rules } = JSON.parse(require("node:fs").readFileSync(process.env.BENCH, "utf8"));
const labelled = (entries, prefix) =>
  Object.fromEntries(entries.map((entry, number) => [`${prefix}${number}`, { family: "inet", ...entry, table: tableId }]));
for (const [index, connection] of hosts.entries()) {
  const whole = carries ? { connection, routes: labelled(routes, "route"), rules: labelled(rules, "rule") } : {};
  const table = new Inert(`h${index}-table`, { value: 1, ...whole });
  for (let object = 1; object < objectsPerHost; object++) new Inert(`h${index}-object${object}`, { value: 1, table: table.id });
}
