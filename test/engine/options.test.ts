// What docs/reference/pulumi-options.md says of Pulumi's options and commands, where no other test needs them.
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { describe, it } from "mocha";
import { rules } from "./host";
import { watchRules } from "./monitor";
import { connection, doors, useSite } from "./site";
import { byName } from "./state";

const address = (index: number): string => `198.51.100.${index}`;
const ruleOf = (index: number): string => `${1000 + index} from ${address(index)} lookup 100 proto 214`;

for (const door of doors)
  describe(`options and commands of Pulumi, by the door ${door}`, function () {
    this.timeout(300_000);
    const site = useSite("options", 2, door);
    const at = (index: number): string => `connection, priority: ${1000 + index}, from: "${address(index)}", table: 100`;

    it("retainOnDelete, deletedWith, ignoreChanges, transforms, hooks and additionalSecretOutputs", async () => {
      const host = site.host();
      const staying = (from: number): string => `${connection(host)}
        new PolicyRule("ignored", { ${at(4)}, from: "${address(from)}" }, { ignoreChanges: ["from"] });
        new PolicyRule("transformed", { priority: 1005, from: "${address(5)}", table: 100 },
          { transforms: [({ props, opts }) => ({ props: { ...props, connection }, opts })] });
        const hook = new pulumi.ResourceHook("told", ({ name }) => void pulumi.log.info("hooked " + name));
        new PolicyRule("hooked", { ${at(6)} }, { hooks: { afterCreate: [hook] } });
        new PolicyRule("secret", { ${at(7)} }, { additionalSecretOutputs: ["from"] });`;
      const kept = `new PolicyRule("kept", { ${at(1)} }, { retainOnDelete: true });`;
      const { stack, write } = await site.project(`${staying(4)}
        ${kept}
        const gone = new PolicyRule("gone", { ${at(2)} });
        new PolicyRule("with", { ${at(3)} }, { deletedWith: gone });`);
      const { stdout } = await stack.up();
      assert.match(stdout, /hooked hooked/);
      assert.deepEqual(await rules(host), [1, 2, 3, 4, 5, 6, 7].map(ruleOf));
      const { outputs } = byName(await stack.export()).get("secret") ?? {};
      assert.ok(outputs !== undefined && !JSON.stringify(outputs).includes(address(7)));

      await write(staying(9));
      await stack.up();
      assert.deepEqual(await rules(host), [1, 3, 4, 5, 6, 7].map(ruleOf), "what is retained stays, and what would go with another one");
      const watch = await watchRules(host);
      await write(`${staying(9)}\n${kept}`);
      await stack.up();
      assert.deepEqual(await watch.end(), [await rules(host)], "what stayed is this stack's: declared again, it is taken as it is");
      await stack.refresh(["--expect-no-changes"]);
    });

    it("--target, up --plan, state rename and stack rename", async () => {
      const host = site.host();
      const program = (one: string): string => `${connection(host)}
        new PolicyRule("${one}", { ${at(1)} });
        new PolicyRule("two", { ${at(2)} });`;
      const { stack, write, folder } = await site.project(program("one"));
      const plan = join(folder, "plan.json");
      await stack.preview(["--save-plan", plan]);
      await stack.up(["--plan", plan]);
      assert.deepEqual(await rules(host), [1, 2].map(ruleOf));
      const watch = await watchRules(host);
      const urn = byName(await stack.export()).get("one")?.urn ?? assert.fail();
      await stack.run(["state", "rename", "--yes", "--stack", stack.name, urn, "uno"]);
      await write(program("uno"));
      await stack.preview(["--expect-no-changes"]);

      await stack.run(["stack", "rename", "--stack", stack.name, "renamed"]);
      const renamed = ["--stack", "renamed", "--yes", "--skip-preview"];
      await stack.run(["up", ...renamed]);
      assert.deepEqual(await watch.end(), [await rules(host)], "the kernel reported no event");
      await stack.run(["refresh", ...renamed, "--expect-no-changes"]);
      await stack.run(["destroy", ...renamed, "--target", "**two"]);
      assert.deepEqual(await rules(host), [1].map(ruleOf));
      await stack.run(["destroy", ...renamed]);
      assert.deepEqual(await rules(host), []);
    });
  });
