import assert from "node:assert/strict";
import { join } from "node:path";
import { forSdk, ofProgram } from "../../../provider/src/resources/callStack";

const dist = join(__dirname, "../../../provider/src");
const sdk = "/srv/program/node_modules/@pulumi/pulumi";

describe("the frames of a program", () => {
  const told = (...files: readonly (string | null)[]): (string | null)[] =>
    ofProgram(files.map((file) => ({ getFileName: () => file }))).map((site) => site.getFileName());
  const above = [`${sdk}/resource.js`, `${sdk}/resource.js`, join(dist, "resources/dynamic.js")];

  it("stand alone behind the first of ours, by which the SDK finds them", () => {
    const ours = [join(dist, "resources/policyRule.js"), join(dist, "resources/multihomedHost.js")];
    const program = ["/srv/program/hosts.js", null, "/srv/program/node_modules/their-components/index.js", "/srv/program/index.js"];
    const loaded = ["node:internal/modules/cjs/loader", "/srv/loader/register.js", `${sdk}/cmd/run/run.js`];
    assert.deepEqual(told(...above, ...ours, ...program, ...loaded), [...above, ...program]);
  });

  it("stand on both sides of what Node.js and the SDK called them by", () => {
    const [inner, main] = ["/srv/program/later.js", "/srv/program/index.js"];
    assert.deepEqual(told(...above, inner, `${sdk}/output.js`, "node:internal/process/task_queues", main), [...above, inner, main]);
  });

  it("are left as they are where none is of ours", () => {
    const stack = ["/srv/program/index.js", "node:internal/modules/cjs/loader", `${sdk}/cmd/run/run.js`];
    assert.deepEqual(told(...stack), stack);
  });
});

describe("a stack trace for the SDK", () => {
  const sdk = /^\s*at .* \((?<file>.*):(?<line>[0-9]+):(?<column>[0-9]+)\)$/;
  const read = (line: string): string | undefined => {
    const { file, line: row, column } = sdk.exec(forSdk(`Error\n    at ${line}`).split("\n")[1] ?? "")?.groups ?? {};
    return file === undefined ? undefined : [file, row, column].join(" ");
  };

  it("has the place of each frame where the SDK reads it, with a name or without one", () => {
    for (const [line, place] of [
      ["madeByFunction (/srv/program/index.ts:4:3)", "/srv/program/index.ts 4 3"],
      ["Object.<anonymous> (/srv/my program/index.ts:4:3)", "/srv/my program/index.ts 4 3"],
      ["/srv/program/index.ts:4:3", "/srv/program/index.ts 4 3"],
      ["async /srv/program/index.ts:4:3", "/srv/program/index.ts 4 3"],
      ["async Promise.all (index 0)", undefined],
      ["async main (file:///srv/program/index.mjs:4:3)", "/srv/program/index.mjs 4 3"],
      ["file:///srv/program/index.mjs:4:3", "/srv/program/index.mjs 4 3"],
      ["Array.forEach (<anonymous>)", undefined],
    ] as const)
      assert.equal(read(line), place, line);
  });
});
