// What is held under guard on a booted host, where the guard is a unit of systemd: it goes by the time that it was given last.
import { strict as assert } from "node:assert";
import { readFile } from "node:fs/promises";
import { closeHosts } from "../../provider/src/host/host";
import { visit } from "../guard/fixture";
import { controllerOf, heldFields, isHeld } from "../guard/held";
import { rulesOf } from "../host/monitor";
import { create, read, refusal, remove, warnings } from "../host/resource";
import { type BootedHost, startBooted } from "../lab/booted/booted";
import { until } from "../lab/until";
import { type Armed, lateness, unitOf } from "./guard";
import { needBooted, suites } from "./suites";

for (const suite of suites)
  describe(`what is held on a booted host (${suite})`, () => {
    let host: BootedHost;
    before(async function () {
      await needBooted(this);
      host = await startBooted({ name: `booted-hold-${suite}`, suite });
    });
    afterEach(async function () {
      closeHosts();
      if (this.currentTest?.state === "failed") await host.reboot();
    });
    after(() => host?.stop());

    const failed = async (): Promise<string> => (await host.exec("systemctl --failed --no-legend --plain")).trim();
    const show = async (guard: Armed, property: string): Promise<string> =>
      (await host.exec(`systemctl show --property=${property} --value ${unitOf(guard)}`)).trim();
    const collected = (): Promise<true> =>
      until(
        "the unit to be collected",
        async () => {
          const units = await host.exec("systemctl list-units --all --no-legend --plain 'policy-routing-guard*'");
          return units.trim() === "" ? true : undefined;
        },
        20_000,
      );

    const deadlineIn = async (folder: string): Promise<number> => Number(await readFile(`${folder}/deadline`, "utf8"));

    /** The guard, once it was given more time than it was armed with. */
    const prolonged = async (): Promise<Armed> => {
      await isHeld(host);
      const txn = (await host.exec("cd /run/policy-routing && echo t-*/armed")).trim().replace("/armed", "");
      const folder = await host.file(`/run/policy-routing/${txn}`);
      const [, first] = /watch \S+ (\d+) ;;/.exec(await readFile(`${folder}/guard`, "utf8")) ?? [];
      const deadline = await until("the guard's time to grow", async () => {
        const now = await deadlineIn(folder);
        return now > Number(first) ? now : undefined;
      });
      return { txn, folder, deadline };
    };

    it("is kept past its guard's first deadline, though the unit is killed and starts anew, and is confirmed at its end", async () => {
      const making = create("HostRouting", heldFields(host, { hold: 20 }));
      const guard = await prolonged();
      assert.equal(await show(guard, "ActiveState"), "active");
      await host.exec(`kill -KILL ${await show(guard, "MainPID")}`);
      await until("the guard to be restarted", async () => (Number(await show(guard, "NRestarts")) > 0 ? true : undefined), 20_000);
      const made = await making;
      assert.ok((await deadlineIn(guard.folder)) > guard.deadline);
      assert.notEqual(await read(made), undefined);
      await collected();
      assert.equal(await failed(), "");
      await remove(made);
    });

    it("is undone by the unit confirmTimeout after the last sign of a controller that was killed", async () => {
      const before = await host.snapshot();
      const controller = controllerOf(heldFields(host, { hold: 600 }));
      const guard = await prolonged();
      controller.kill("SIGKILL");
      await until(
        "the guard to fire",
        async () => ((await host.result(`ls /run/policy-routing/${guard.txn}/fired`)).code === 0 ? true : undefined),
        20_000,
      );
      // What was given last: the controller may have been at it when it was killed.
      const late = await lateness(host, { ...guard, deadline: await deadlineIn(guard.folder) });
      console.log(`      fired ${late.toFixed(2)} s after the deadline that it was given last`);
      assert.ok(late >= 0 && late < 2, `${late} s`);
      assert.equal(await host.snapshot(), before);
      await collected();
      assert.equal(await failed(), "");
      assert.match(await warnings(() => visit(host)), /an earlier change was undone by its guard: /);
    });

    it("is gone when the host boots meanwhile: it comes up as it was confirmed last, and the change says so", async () => {
      const rule = { priority: 1100, from: "198.51.100.1", table: 100 };
      const kept = await create("PolicyRule", { connection: host.connection, ...rule });
      assert.equal(kept.state["persisted"], "systemd");
      const making = refusal(create("HostRouting", { ...heldFields(host, { hold: 600 }), persist: undefined }));
      await prolonged();
      await host.reboot();
      assert.match((await making).message, /: reverted \(verified\): held for .*; the host was rebooted meanwhile/s);
      assert.deepEqual(await rulesOf(host), ["1100: from 198.51.100.1 lookup 100 proto 214"]);
      assert.notEqual(await read(kept), undefined);
      await collected();
      await remove(kept);
    });
  });
