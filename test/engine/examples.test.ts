// The programs of the reference in the other languages: the engine takes each, as a preview shows, which asks no host.
// One door: other languages have the plugin alone.
import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { parse } from "yaml";
import { examples } from "../../scripts/examples/examples";
import { python, yaml } from "../../scripts/examples/printed";
import { ensurePython, lacksPython } from "../engine-cli/python";
import { openPython, type YamlProgram } from "./languages";
import { steps } from "./state";
import { useYaml } from "./yamlProject";

describe("the programs of the reference", function () {
  this.timeout(600_000);
  const open = useYaml();

  for (const [page, resources] of Object.entries(examples)) {
    const names = resources.map(({ name }) => name).sort();

    it(`of ${page}, in YAML`, async () => {
      const program: YamlProgram = parse(yaml(resources));
      const { stack } = await open(program);
      const preview = await stack.previewJson();
      assert.deepEqual(Object.keys(steps(preview.steps)).sort(), names);
    });

    it(`of ${page}, in Python`, async function () {
      const lacks = await lacksPython();
      if (lacks !== undefined) {
        console.log(`    skipped: ${lacks}`);
        this.skip();
      }
      const { stack, remove } = await openPython(await ensurePython(), python(resources));
      try {
        const preview = await stack.previewJson();
        assert.deepEqual(Object.keys(steps(preview.steps)).sort(), names);
      } finally {
        await remove();
      }
    });
  }
});
