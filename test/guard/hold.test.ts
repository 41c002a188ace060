import { strict as assert } from "node:assert";
import { describe } from "mocha";
import { hostOf } from "../../provider/src/host/host";
import { lookAtRules } from "../../provider/src/kernel/observed/look";
import { commandAt } from "../host/command";
import { rulesOf } from "../host/monitor";
import { create, read, refusal, warnings } from "../host/resource";
import type { Host } from "../lab/lab";
import { startRelay } from "../lab/relay";
import { until } from "../lab/until";
import { auditOf, isFired, run, verified, visit } from "./fixture";
import { breakProbe, byAnother, controllerOf, heldFields, isHeld } from "./held";
import { atOnce } from "./scenarios";

const heldFor = /: reverted \(verified\): held for [0-9]+ of [0-9]+ s, then /;
const revisions = (host: Host): Promise<string> => host.exec("ls /var/lib/policy-routing/history 2>/dev/null || :");
/** Another controller: by another address, so of another queue. */
const elsewhere = (host: Host) => ({ ...host.connection, host: host.address6 });

describe("a change that is held under guard", function () {
  this.timeout(180_000);

  atOnce("test-guard-hold", {
    "stands for as long as was asked, in nobody's history, and is confirmed then": async (host) => {
      const began = performance.now();
      const making = create("HostRouting", heldFields(host, { hold: 20 }));
      await isHeld(host);
      assert.equal(await revisions(host), "");
      const { stdout, stderr } = await commandAt(host, "history");
      assert.match(
        stdout + stderr,
        /^organization\/test\/host by \S+ pid [0-9]+ holds a change there under guard until \S+Z\nthere is no history/,
      );
      const made = await making;
      assert.ok(performance.now() - began >= 20_000);
      assert.notEqual(await read(made), undefined);
      assert.match(await revisions(host), /^1-/);
      const other = await commandAt(host, "history", "--run", "another");
      assert.deepEqual([other.code, other.stdout], [1, "nothing of run another is in the history of this host\n"]);
      assert.match((await auditOf(host)).at(-1) ?? "", /: applied in run /);
      assert.equal((await host.result(`ls ${run}/t-*/armed`)).stdout, "");
    },

    "is undone once a probe fails that passed when it was made, and says after how long": async (host) => {
      const before = await host.snapshot();
      const making = refusal(create("HostRouting", heldFields(host, { hold: 60 })));
      await isHeld(host);
      await host.exec(breakProbe);
      const { message } = await making;
      assert.match(message, heldFor);
      assert.match(message, /of 60 s, then route 198\.18\.200\.1 dev eth1 failed: /);
      await host.exec(breakProbe.replace("add", "del"));
      assert.equal(await host.snapshot(), before);
      assert.equal(await revisions(host), "");
    },

    "is undone once somebody else takes an entry of it away": async (host) => {
      const making = refusal(create("HostRouting", heldFields(host, { hold: 60 })));
      await isHeld(host);
      await host.exec("ip rule del pref 1000");
      assert.match(
        (await making).message,
        /: reverted \(verified\): held for [0-9]+ of 60 s, then what was read back is not what was asked: ip -4 rule pref 1000 .* is not there\n/,
      );
      assert.deepEqual(await rulesOf(host), []);
    },

    "is undone confirmTimeout after the last sign of a controller that was killed, not at the end of the hold": async (host) => {
      const before = await host.snapshot();
      const controller = controllerOf(heldFields(host, { hold: 600 }));
      await isHeld(host);
      controller.kill("SIGKILL");
      const killed = performance.now();
      await isFired(host, 20_000);
      assert.ok(performance.now() - killed < 10_000, `it took ${performance.now() - killed} ms`);
      assert.equal(await host.snapshot(), before);
      assert.match(await warnings(() => visit(host)), /an earlier change was undone by its guard: /);
    },

    "is undone by its guard where the controller's sign comes too late": async (host) => {
      const path = await startRelay({ host: host.address });
      const connection = { host: path.host, port: path.port, user: "root", privateKeyPath: host.keyPath, hostKey: await host.hostKey() };
      const making = refusal(create("HostRouting", { ...heldFields(host, { hold: 600 }), connection }));
      await isHeld(host);
      path.stall();
      await isFired(host, 20_000);
      path.resume();
      assert.match((await making).message, verified);
      await path.close();
    },

    "is undone where the host has no room to give its guard more time": async (host) => {
      const making = refusal(create("HostRouting", heldFields(host, { hold: 600 })));
      await isHeld(host);
      await host.fillRun();
      const { message } = await making;
      await host.freeRun();
      assert.match(message, heldFor);
      assert.match(message, /its guard could not be given more time: cannot write to \/run\/policy-routing: is it full\?/);
      assert.deepEqual(await rulesOf(host), []);
    },

    "goes with a reboot: the host comes up as it was confirmed last, and the change says so": async (host) => {
      const making = refusal(create("HostRouting", heldFields(host, { hold: 600 })));
      await isHeld(host);
      await host.reboot();
      assert.match((await making).message, /: reverted \(verified\): held for .*; the host was rebooted meanwhile/s);
      assert.deepEqual(await rulesOf(host), []);
    },

    "lets others wait until it ends, though its first lease is long over": async (host) => {
      const making = create("HostRouting", heldFields(host, { confirmTimeout: 4, hold: 40 }));
      await isHeld(host);
      const rule = { connection: elsewhere(host), priority: 1001, from: "198.18.128.3", table: 100, persist: "none" };
      const said = await warnings(() => create("PolicyRule", rule));
      assert.match(said, /: waits: organization\/test\/host by \S+ pid [0-9]+ holds a change there under guard until \S+Z/);
      await making;
      assert.equal((await rulesOf(host)).length, 2);
    },

    "is waited for by another process, which says until when, and neither fires the guard nor ends anybody": async (host) => {
      const making = create("HostRouting", heldFields(host, { confirmTimeout: 4, hold: 30 }));
      await isHeld(host);
      const ends = Date.now() + 30_000;
      const rule = { connection: host.connection, priority: 1001, from: "198.18.128.3", table: 100, persist: "none" };
      const { code, stderr } = await byAnother("PolicyRule", rule);
      assert.equal(code, 0, stderr);
      const [, said = ""] = / holds a change there under guard until (\S+Z)/.exec(stderr) ?? [];
      assert.ok(Math.abs(Date.parse(said) - ends) < 15_000, `${said}, and it ended at ${new Date(ends).toISOString()}`);
      // What was held was confirmed first.
      assert.notEqual(await read(await making), undefined);
      const log = await auditOf(host);
      assert.deepEqual([log.length, log.some((line) => /undone/.test(line))], [2, false]);
      assert.match(log[0] ?? "", /: applied in run .*rule inet 1000/);
      assert.equal((await rulesOf(host)).length, 2);
    },

    "is told to others that would wait for too long; who only reads is not kept": async (host) => {
      const making = create("HostRouting", heldFields(host, { hold: 600 }));
      making.catch(() => {});
      await isHeld(host);
      const rule = { connection: elsewhere(host), priority: 1001, from: "198.18.128.3", table: 100, persist: "none" };
      const { message } = await refusal(create("PolicyRule", rule));
      assert.match(
        message,
        /nothing was changed: organization\/test\/host by \S+ pid [0-9]+ holds a change there under guard until \S+Z\n/,
      );
      assert.match(message, /next: wait until then, or take it back: npx --no-install policy-routing retract /);
      let seen = 0;
      const said = await warnings(async () => {
        seen = (await hostOf(elsewhere(host)).look(lookAtRules("inet"))).state.rules.filter(({ protocol }) => protocol === 214).length;
      });
      assert.equal(seen, 1);
      assert.match(said, /holds a change there under guard until \S+Z: what is read now may be undone/);
      await commandAt(host, "retract");
      await refusal(making);
    },

    "is undone at once by the guard's own script at the console": async (host) => {
      const making = refusal(create("HostRouting", heldFields(host, { hold: 600 })));
      await isHeld(host);
      assert.equal((await host.result(`sh ${run}/t-*/guard now`)).code, 0);
      assert.deepEqual(await rulesOf(host), []);
      assert.match((await making).message, heldFor);
      await until("the lock", async () => ((await host.result(`[ ! -s ${run}/lock.* ]`)).code === 0 ? true : undefined), 10_000);
    },
  });
});
