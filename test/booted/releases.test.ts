import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { exercise } from "../kernel/exercise";
import { printTotals, untouched } from "../kernel/report";
import { type Suite, whyNotBooted } from "../lab/booted/booted";
import { release } from "../lab/booted/rootfs";
import { must } from "../lab/run";

const runs = 600;
const releases: readonly Suite[] = ["bullseye", "bookworm", "trixie"];

describe("the grammar with the iproute2 of each Debian", () => {
  before(async function () {
    const reason = await whyNotBooted();
    if (reason === undefined) return;
    console.log(`    skipped: ${reason}`);
    this.skip();
  });

  for (const suite of releases)
    it(`${suite}: what it knows is made, read back, updated and deleted as asked; what it lacks is refused`, async () => {
      const seed = Math.floor(Math.random() * 1e6);
      const report = await exercise({ runs, seed, root: await release(suite) });
      console.log(`      seed ${seed}: ${printTotals(report)}`);
      for (const [name, why] of report.refused) console.log(`      ${name}: ${why}`);
      assert.deepEqual(untouched(report), [], "never created, updated and read back");
    });

  it("trixie's help is the one that the grammar is held against", async () => {
    const root = await release("trixie");
    for (const object of ["rule", "route", "nexthop"]) {
      const help = await must(["sh", "-c", `chroot "$1" ip "$2" help 2>&1 || true`, "sh", root, object]);
      assert.equal(help.trimEnd(), readFileSync(join(__dirname, "../unit/declaration/help", `${object}.txt`), "utf8").trimEnd());
    }
  });
});
