// Many `pulumi up` at once over one shared backend: a stack per site, no site waits for another.
import { strict as assert } from "node:assert";
import { after, before, describe, it } from "mocha";
import { openStack, type Program, type Stack, writeProgram } from "../engine-cli/engine";
import { type Lab, startLab } from "../lab/lab";
import { type Postgres, postgresPrograms, startPostgres } from "./postgres";

const stacks = 4;

describe("four stacks over one PostgreSQL", function () {
  this.timeout(300_000);
  let lab: Lab | undefined;
  let postgres: Postgres | undefined;
  let program: Program | undefined;
  let open: Stack[] = [];
  before(async function () {
    const programs = await postgresPrograms();
    if (programs === undefined) {
      console.log("    skipped: there is no PostgreSQL in /usr/lib/postgresql (Debian: apt-get install postgresql)");
      this.skip();
    }
    lab = await startLab({ name: "scale-postgres", hosts: stacks });
    postgres = await startPostgres(programs);
    program = await writeProgram({
      "index.ts": `import * as pulumi from "@pulumi/pulumi";
        import { HostRouting } from "pulumi-policy-routing";
        const config = new pulumi.Config("site");
        new HostRouting("edge", {
          connection: config.requireObject("connection"),
          rules: { from: { priority: 1000, from: "198.51.100.1", table: config.requireNumber("table") } },
        });`,
    });
    for (const [index, { connection }] of lab.hosts.entries())
      open = [
        ...open,
        await openStack({
          program: program.folder,
          stack: `site-${index + 1}`,
          backend: postgres.url,
          config: { "site:connection": JSON.stringify(connection), "site:table": "7" },
        }),
      ];
  });
  after(async () => {
    for (const stack of open) await stack.remove();
    await program?.remove();
    await postgres?.stop();
    await lab?.stop();
  });

  it("all go up at once, each to its own hosts and with its own lock, and come down", async () => {
    const hosts = lab?.hosts ?? assert.fail();
    const began = Date.now();
    const results = await Promise.all(open.map((stack) => stack.up()));
    const together = (Date.now() - began) / 1000;
    const sum = results.reduce((total, { seconds }) => total + seconds, 0);
    console.log(`      ${stacks} stacks at once: ${together.toFixed(1)} s, ${sum.toFixed(1)} s one behind the other`);
    assert.ok(together < sum, "they ran at the same time");
    for (const host of hosts) assert.match(await host.exec("ip -N rule show"), /1000:\s+from 198\.51\.100\.1 lookup 7 proto 214/);

    const [first, second] = open;
    assert.ok(first !== undefined && second !== undefined);
    const both = await Promise.allSettled([first.up(["--refresh"]), first.up(["--refresh"])]);
    const refused = both.find((one) => one.status === "rejected");
    if (refused !== undefined) assert.match(String(refused.reason), /stack is currently locked/);
    assert.ok(
      both.some((one) => one.status === "fulfilled"),
      "of two on one stack one goes on",
    );
    await second.up(["--expect-no-changes"]);

    await Promise.all(open.map((stack) => stack.destroy()));
    for (const host of hosts) assert.doesNotMatch(await host.exec("ip -N rule show"), /proto 214/);
  });
});
