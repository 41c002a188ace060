import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";

const dist = join(__dirname, "../../../provider/dist");

describe("zod in what is built", () => {
  it("is one file, with its licence: 95 took 40 ms more of every program and plugin", () => {
    const loads = `require("./runtime/lifeCycle"); console.log(Object.keys(require.cache).join("\\n"))`;
    const loaded = execFileSync(process.execPath, ["-e", loads], { cwd: dist, encoding: "utf8" });
    assert.match(loaded, /dist\/declaration\/zod\.js$/m);
    assert.doesNotMatch(loaded, /node_modules\/zod\//);
    assert.match(readFileSync(join(dist, "declaration", "zod.js"), "utf8"), /^\/\*!\nzod\n\nMIT License/);
  });
});
