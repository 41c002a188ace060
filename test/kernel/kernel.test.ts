import assert from "node:assert/strict";
import { exercise } from "./exercise";
import { printTotals, untouched } from "./report";

/** Objects of each family that every run tries; `npm run test:kernel -- --runs N` for more. */
const runs = 5000;

describe("the grammar on the real kernel", function () {
  this.timeout(900_000);

  it("is made, read back, updated and deleted as asked, without an endless diff", async function () {
    if (process.getuid?.() !== 0) {
      console.log("      skipped: network namespaces are root's");
      this.skip();
    }
    const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e6));
    console.log(`      seed ${seed}`);
    const report = await exercise({ runs, seed });
    console.log(`      ${printTotals(report)}`);
    assert.deepEqual(untouched(report), [], "never created, updated and read back");
    for (const family of ["inet", "inet6"])
      assert.ok([...report.objects].reduce((sum, [name, count]) => sum + (name.endsWith(` ${family}`) ? count : 0), 0) >= runs);
  });
});
