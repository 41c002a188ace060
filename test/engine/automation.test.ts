// Programs of Automation API that are functions: all of their runs go by one process, one after the other or two at once.
import { strict as assert } from "node:assert";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { afterEach, describe, it } from "mocha";
import { ensureEngine } from "../engine-cli/ensure.mjs";
import { engineEnvironment } from "../engine-cli/environment";
import { writeProgram } from "../engine-cli/program";
import type { Host } from "../lab/lab";
import { rules } from "./host";
import { doors, packageOf, useSite } from "./site";

type Classes = typeof import("pulumi-policy-routing");
type Program = (classes: Classes) => unknown;

for (const door of doors)
  describe(`Automation API, by the door ${door}`, function () {
    this.timeout(300_000);
    const site = useSite("automation", 4, door);
    const classes: Classes = createRequire(__filename)(packageOf(door));
    let cleanups: (() => Promise<unknown>)[] = [];
    afterEach(async () => {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
      assert.equal(process.exitCode, undefined, "a run says nothing about the process of which it is a part");
    });

    const open = async (): Promise<{ stack: Stack; become(program: Program): void }> => {
      const { pulumi } = await ensureEngine();
      const program = await writeProgram({});
      cleanups = [...cleanups, () => program.remove()];
      const [home, state] = [join(program.folder, "home"), join(program.folder, "state")];
      await mkdir(state);
      const plugins = { providers: [{ name: "policyrouting", path: join(__dirname, "../../provider/bin") }] };
      const projectSettings = { name: "engine-test", runtime: "nodejs" as const, plugins };
      const stack = await LocalWorkspace.createStack(
        { stackName: "test", projectName: "engine-test", program: async () => {} },
        {
          workDir: program.folder,
          pulumiHome: home,
          envVars: Object.fromEntries(
            Object.entries(engineEnvironment(home, `file://${state}`)).flatMap(([key, value]) =>
              value === undefined ? [] : [[key, value]],
            ),
          ),
          pulumiCommand: await PulumiCommand.get({ root: dirname(dirname(pulumi)), skipVersionCheck: true }),
          projectSettings,
        },
      );
      return {
        stack,
        become: (next) => {
          stack.workspace.program = async () => void (await next(classes));
        },
      };
    };
    const connection = (host: Host) => ({ ...host.connection });

    it("has its whole life, run after run; two stacks at once do not hear of each other", async () => {
      const hosts = [site.host(), site.host()];
      await Promise.all(
        hosts.map(async (host) => {
          const { stack, become } = await open();
          const [isp1, isp2] = host.uplinks;
          become(({ MultihomedHost, PolicyRule }) => {
            new PolicyRule("rule", { connection: connection(host), priority: 900, table: 7, from: "198.51.100.1" });
            new MultihomedHost("host", {
              connection: connection(host),
              uplinks: {
                isp1: { device: "eth0", address: `${isp1.address}/24`, gateway: isp1.gateway, table: 101 },
                isp2: { device: "eth1", address: `${isp2.address}/24`, gateway: isp2.gateway, table: 102 },
              },
            });
          });
          await stack.up();
          assert.equal((await rules(host)).filter((rule) => rule.startsWith("900 ")).length, 1);
          await stack.preview({ expectNoChanges: true });
          assert.deepEqual((await stack.up()).summary.resourceChanges, { same: 4 });
          await stack.refresh({ expectNoChanges: true });
          await stack.destroy();
          assert.deepEqual(await rules(host), []);
        }),
      );
    });

    it("ends with a mistake of the program, also one that only an output shows; the next run of the same process is right", async () => {
      const host = site.host();
      const { stack, become } = await open();
      const at = { connection: connection(host), priority: 1000, table: 100 };
      const twice: readonly Program[] = [
        ({ PolicyRule }) => {
          new PolicyRule("one", { ...at, from: "198.18.128.2" });
          new PolicyRule("two", { ...at, from: "198.18.128.3" });
        },
        ({ PolicyRule }) => {
          new PolicyRule("one", { ...at, priority: Promise.resolve(1000), from: "198.18.128.2" });
          new PolicyRule("two", { ...at, from: "198.18.128.3" });
        },
      ];
      for (const program of twice) {
        become(program);
        await assert.rejects(stack.up(), /both declare rule inet 1000 on \S+: one object has one owner/);
      }
      become(({ PolicyRule }) => void new PolicyRule("one", { ...at, from: "198.18.128.2" }));
      await stack.up();
      assert.equal((await rules(host)).length, 1);
      await stack.destroy();
    });

    // The plugin has its own key of configuration, which the engine hands to it marked.
    if (door === "dynamic")
      it("refuses a password in clear in the stack's configuration, and takes one that is a secret", async () => {
        const host = site.host();
        const { stack, become } = await open();
        const [key, value] = [
          "policy-routing:connection",
          JSON.stringify({ password: "WORD-in-clear", ...host.connection, host: undefined }),
        ];
        become(
          ({ PolicyRule }) =>
            void new PolicyRule("one", { connection: { host: host.address }, priority: 1000, from: "198.18.128.2", table: 100 }),
        );
        await stack.setConfig(key, { value });
        await assert.rejects(
          stack.up(),
          (error) => error instanceof Error && /in clear/.test(error.message) && !error.message.includes("WORD"),
        );
        await stack.setConfig(key, { value, secret: true });
        await stack.up();
        await stack.destroy();
      });
  });
