import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { alone } from "../../run/alone";
import { testFiles, testsOf } from "../../run/belongs";
import { root } from "../../run/imports";
import { everything } from "../../run/jobs";

const of = (path: string): string[] => testsOf(join(root, path));

describe("the tests of a path", () => {
  it("are a test file itself, and what is in a folder of tests", () => {
    assert.deepEqual(of("test/host/lock.test.ts"), ["test/host/lock.test.ts"]);
    assert.deepEqual(
      of("test/guard"),
      testFiles().filter((file) => file.startsWith("test/guard/")),
    );
  });

  it("are those that import a source, and those by its name", () => {
    const found = of("provider/src/kernel/plan/plan.ts");
    for (const file of ["test/unit/kernel/plan.test.ts", "test/golden/golden.test.ts"]) assert.ok(found.includes(file), file);
    assert.ok(!found.includes("test/host/lock.test.ts"));
    assert.ok(of("provider/sh/guard.sh").includes("test/guard/race.test.ts"));
  });

  it("are those that use a part of the tests", () => assert.ok(of("test/engine-cli/engine.ts").includes("test/engine/life.test.ts")));

  it("must be there: a slip is told", () => {
    assert.throws(() => of("test/host/lok.test.ts"), /there is no .*lok\.test\.ts/);
    assert.throws(() => of("LICENSE"), /no test imports .*LICENSE or has its name/);
  });
});

describe("the whole run", () => {
  it("has every test file once: those of documents without a host are run by the check", () => {
    const files = everything(true).flatMap((job) => job.files);
    assert.deepEqual([...files, "test/docs/pages.test.ts"].sort(), testFiles());
  });

  it("without booted hosts lacks those alone", () => {
    const files = new Set(everything(false).flatMap((job) => job.files));
    const left = everything(true).flatMap((job) => job.files.filter((file) => !files.has(file)));
    assert.ok(left.length > 0 && left.every((file) => file.startsWith("test/booted/")));
  });

  it("runs those alone that are there", () => {
    assert.deepEqual(
      Object.keys(alone).filter((file) => !existsSync(join(root, file))),
      [],
    );
  });
});
