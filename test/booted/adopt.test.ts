// A host is taken over from its manager: from the first look to the removed lines and the next boot, while packets are counted.
import { strict as assert } from "node:assert";
import { closeHosts } from "../../provider/src/host/host";
import { commandAt, declaredBy } from "../host/command";
import { checked, create, type Made, read, update } from "../host/resource";
import { startBooted } from "../lab/booted/booted";
import { must, type Result } from "../lab/run";
import { until } from "../lab/until";
import { noteStep, printSteps } from "./changeover";
import { type Flow, startFlow } from "./flow";
import { managers, put } from "./managers";
import { needBooted, suites } from "./suites";
import { readAgain, ways } from "./ways";

after(() => console.log(printSteps()));

for (const suite of suites)
  describe(`a host that is taken over from its manager (${suite})`, () => {
    before(async function () {
      await needBooted(this);
    });

    for (const way of ways) {
      it(`${way.manager}: only proto differs, no packet is lost, and after the next boot ours stand alone`, async () => {
        const manager = managers.find(({ name }) => name === way.manager);
        assert.ok(manager !== undefined);
        const host = await startBooted({ name: `booted-adopt-${suite}`, suite });
        let flow: Flow | undefined;
        try {
          const [, uplink] = host.uplinks;
          const priority = suite === "bullseye" ? "1000" : "";
          const settle = async (): Promise<void> =>
            void (await until(
              `${way.manager} to settle`,
              async () => ((await host.result(manager.settled)).code === 0 ? true : undefined),
              30_000,
            ));
          /** Rules of both families, table 102, without their tags. */
          const entries = async (): Promise<string[]> => {
            const words = [
              ["-4", "rule"],
              ["-6", "rule"],
              ["-4", "route", "show", "table", "102"],
            ];
            const shown = await Promise.all(words.map((some) => must(["ip", "-n", host.namespace, "-N", "-d", "-o", ...some])));
            return shown
              .join("")
              .split("\n")
              .map((line) => line.trim());
          };
          const untagged = async (): Promise<string[]> => (await entries()).map((line) => line.replace(/ proto \d+/, ""));
          const adopt = (...more: string[]): Promise<Result> => commandAt(host, "adopt", ...more);
          await manager.install(host);
          await put(host, ...way.file(uplink, true, priority));
          await host.reboot();
          await settle();
          await until(
            "the rule of its file",
            async () => ((await entries()).some((line) => line.includes("lookup 102")) ? true : undefined),
            10_000,
          );

          const before = await untagged();
          const { stdout, stderr } = await adopt();
          assert.match(stdout, way.named, `${stdout}${stderr}`);
          const declared = declaredBy(host, stdout);
          flow = await startFlow(host);
          const { seen } = flow;
          const step = async (name: string, done: string, action: () => Promise<unknown>): Promise<void> => {
            await action();
            const { sent, lost, fewest } = await seen();
            assert.deepEqual([lost, fewest], [0, 1], `${name}: lost ${lost} of ${sent} packets, ${fewest} rules stood`);
            assert.deepEqual(await untagged(), before);
            noteStep({ manager: way.manager, step: name, suite, sent, lost, done });
          };
          let made: Made | undefined;
          await step("`pulumi up` takes over", "`proto` alone differs", async () => {
            made = await create("HostRouting", declared);
          });
          assert.ok(made !== undefined);
          assert.deepEqual(await read(made), await checked("HostRouting", declared));
          const plan = await update(made, {});
          assert.equal(plan.state["appliedAt"], made.state["appliedAt"], "a second up changes nothing");

          await step("its lines are removed, its manager reads the file again", "ours stay", async () => {
            await put(host, ...way.file(uplink, false, priority));
            const again = readAgain(stdout);
            assert.equal(again.length > 0, way.isRead, stdout);
            await host.exec(again.join("\n"));
            await settle();
          });
          await step("`adopt --twins`", "no twin is left", () =>
            until(
              "no twins",
              async () => {
                const { stdout: commands, code } = await adopt("--twins");
                if (code === 1) await host.exec(commands);
                return code === 0 ? true : undefined;
              },
              20_000,
            ),
          );

          await flow.end();
          closeHosts();
          await host.reboot();
          await settle();
          const isOurs = (line: string): boolean => !/lookup 102|eth1/.test(line) || line.includes(" proto 214");
          await until(
            "ours, alone",
            async () => ((await untagged()).join() === before.join() && (await entries()).every(isOurs) ? true : undefined),
            10_000,
          );
          noteStep({ manager: way.manager, step: "the next boot", suite, done: "ours stand alone" });
        } finally {
          await flow?.end();
          closeHosts();
          await host.stop();
        }
      });
    }
  });
