// Every block of every page, in order, as a reader does it: on hosts of a lab, with a file backend.
import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { startLab } from "../lab/lab";
import { readPages, root } from "./page";
import { openTerminal } from "./terminal";
import { walk } from "./walk";
import { wayOf } from "./ways";

/** What other tests run, by its last line: it needs what they make. */
const elsewhere: Readonly<Record<string, string>> = {
  "npm run demo": "test/demo/demo.ts",
  "npx --no-install policy-routing --help": "test/host/cli.test.ts",
  'npx --no-install policy-routing confirm root@edge-1.example.net --why "CHG-17: customer sees it"': "test/guard/heldByPerson.test.ts",
  'npx --no-install policy-routing retract root@edge-1.example.net --why "customer down"': "test/guard/heldByPerson.test.ts",
  "pulumi up --stack fra &  pulumi up --stack ams &  wait": "test/scale/postgres.test.ts",
};

describe("the blocks of the documents", function () {
  this.timeout(300_000);

  for (const page of readPages()) {
    for (const { text } of page.blocks.filter((block) => wayOf(block) === "elsewhere")) {
      const [command = ""] = text.split("\n").slice(-1);
      it(`${page.path}: \`${command}\` is run by ${elsewhere[command]}`, () => assert.ok(existsSync(join(root, elsewhere[command] ?? ""))));
    }
    const run = page.blocks.filter((block) => /^(run|on the host)$/.test(wayOf(block) ?? ""));
    if (run.length === 0) continue;
    it(`${page.path}: each of its ${run.length} blocks does what is written, and at the end the hosts are as they were`, async () => {
      const lab = await startLab({ name: "docs", hosts: 3 });
      try {
        const before = await Promise.all(lab.hosts.map((host) => host.snapshot()));
        const terminal = await openTerminal(lab);
        try {
          await walk(page.blocks, lab, terminal);
          assert.deepEqual(await Promise.all(lab.hosts.map((host) => host.snapshot())), before);
        } finally {
          await terminal.close();
        }
      } finally {
        await lab.stop();
      }
    });
  }
});
