// The same batch by @pulumi/command: one Command a host, without a guard, a verification or an undo.
const { readFileSync } = require("node:fs");
const { remote } = require("@pulumi/command");

const { connections, batch } = JSON.parse(readFileSync(process.env.BENCH, "utf8"));
for (const [index, { privateKeyPath, ...connection }] of connections.entries())
  new remote.Command(`h${index}`, { connection: { ...connection, privateKey: readFileSync(privateKeyPath, "utf8") }, create: batch });
