// Which engine tests go through both doors, and why the others do not: each file says it. The titles below are the list.
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { testFiles } from "../../run/belongs";
import { root } from "../../run/imports";

describe("through both doors", () => {
  for (const file of testFiles().filter((path) => path.startsWith("test/engine/"))) {
    const text = readFileSync(join(root, file), "utf8");
    const [, said] = /^\/\/ ((?:One door|Both doors): .+)\.$/m.exec(text) ?? [];
    const isParameter = /^for \(const door of doors\)$/m.test(text);
    it(`${basename(file, ".test.ts")}${isParameter ? "" : `. ${said ?? "It does not say why not"}`}`, () =>
      assert.ok(isParameter !== (said !== undefined), "`for (const door of doors)`, or a line `// One door: WHY.`"));
  }
});
