// How long `pulumi import` takes for a host with much on it.
// One door: dynamic resources cannot be imported.
import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { asWithUsers } from "../engine-cli/environment";
import { importHost, manyEntries } from "./importing";
import { useSite } from "./site";
import { useSshHome, useYaml } from "./yamlProject";

describe("an import of a whole host with 200 entries", function () {
  this.timeout(300_000);
  const site = useSite("import-time", 1, "plugin");
  const open = useYaml();
  const home = useSshHome();

  it("is done within five seconds, and its program takes all of it over", async () => {
    const host = site.host();
    await home().knows(host);
    await host.batch(manyEntries(host));
    const project = await open({}, { env: { ...asWithUsers, ...home().env } });
    const { seconds, program } = await importHost(project, host);
    // The CLI and YAML's host take two of them for an import of one entry.
    assert.ok(seconds < 5, `${seconds.toFixed(1)} s`);
    await project.write(program);
    await project.stack.up();
    await project.stack.refresh(["--expect-no-changes"]);
  });
});
