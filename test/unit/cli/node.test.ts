import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

/** Stands in for an older Node.js, of which this machine may have none. */
const asIf = (version: string, script: string): { code: number | null; said: string } => {
  const text = `
    Object.defineProperty(process, "versions", { value: { ...process.versions, node: ${JSON.stringify(version)} } });
    process.argv[2] = "--version";
    require(${JSON.stringify(resolve("provider/bin", script))});`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", text, "-"], { encoding: "utf8" });
  return { code: status, said: stdout + stderr };
};

describe("an older Node.js", () => {
  for (const script of ["policy-routing.js", "pulumi-resource-policyrouting"])
    it(`is named by ${script}, before anything else is read`, () => {
      for (const version of ["18.19.0", "20.20.2", "22.11.0"]) {
        const { code, said } = asIf(version, script);
        assert.equal(code, 2);
        assert.match(said, /needs Node\.js >=22\.12/);
      }
    });

  it("is none that is new enough", () => {
    for (const version of ["22.12.0", "24.0.0"]) assert.match(asIf(version, "policy-routing.js").said, /^[0-9]+\.[0-9]+\.[0-9]+\n$/);
  });
});
