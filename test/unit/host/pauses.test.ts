import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pauses } from "../../../provider/src/host/ssh/connect";

/** Seconds that pass at least before the last of so many more dials. */
function shortest(dials: number): number {
  const { minTimeout, maxTimeout, factor } = pauses;
  const all = Array.from({ length: dials }, (_, index) => Math.min(maxTimeout, minTimeout * factor ** index));
  return all.reduce((sum, one) => sum + one, 0) / 1000;
}

describe("the pauses between dials", () => {
  const page = readFileSync(join(__dirname, "../../../docs/guides/new-hosts.md"), "utf8");

  it("are as long in all as docs/guides/new-hosts.md says", () => {
    const rows = [...page.matchAll(/^\| `([0-9]+)` \| ([0-9.]+) s \|$/gm)];
    assert.deepEqual(
      rows.map(([, dials]) => Number(dials)),
      [3, 10, 20, 60],
    );
    for (const [row, dials, seconds] of rows) {
      const digits = seconds?.includes(".") === true ? 1 : 0;
      assert.equal(shortest(Number(dials)).toFixed(digits), seconds, row);
    }
  });
});
