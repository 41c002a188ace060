import { strict as assert } from "node:assert";
import { describe } from "mocha";
import { commandAt } from "../host/command";
import { rulesOf } from "../host/monitor";
import { create, read, refusal, warnings } from "../host/resource";
import { auditOf, verified, visit } from "./fixture";
import { breakProbe, controllerOf, heldFields, isHeld } from "./held";
import { atOnce } from "./scenarios";

const person = { confirmBy: "person", hold: 600 };

describe("a change that a person confirms", function () {
  this.timeout(180_000);

  atOnce("test-guard-person", {
    "is kept once somebody says so, and the log says who": async (host) => {
      const making = create("HostRouting", heldFields(host, person));
      await isHeld(host);
      const { code, stdout } = await commandAt(host, "confirm", "--why", "CHG-17 seen");
      assert.deepEqual([code, stdout], [0, `${host.address}: confirmed\n`]);
      assert.notEqual(await read(await making), undefined);
      assert.match((await auditOf(host)).at(-1) ?? "", /: applied in run .*; confirmed by \S+ \(CHG-17 seen\)$/);
    },

    "is undone where nobody says anything": async (host) => {
      const { message } = await refusal(create("HostRouting", heldFields(host, { ...person, hold: 4 })));
      assert.match(message, /: reverted \(verified\): held for 4 of 4 s, then nobody had confirmed it\n/);
      assert.deepEqual(await rulesOf(host), []);
    },

    "is taken back at once, and its run hears from whom and why": async (host) => {
      const making = refusal(create("HostRouting", heldFields(host, person)));
      await isHeld(host);
      const { code, stdout } = await commandAt(host, "retract", "--why", "customer down");
      assert.deepEqual([code, stdout], [0, `${host.address}: undone\n`]);
      assert.deepEqual(await rulesOf(host), []);
      const { message } = await making;
      assert.match(message, verified);
      assert.match(message, /of 600 s, then it was taken back by \S+ \(customer down\)/);
      assert.match((await auditOf(host)).at(-1) ?? "", /taken back by \S+ \(customer down\)$/);
    },

    "is not kept by a word alone: its controller is gone, and the person hears that it was undone": async (host) => {
      const controller = controllerOf(heldFields(host, { ...person, confirmTimeout: 30 }));
      await isHeld(host);
      controller.kill("SIGKILL");
      const { code, stdout } = await commandAt(host, "confirm");
      assert.deepEqual([code, stdout], [1, `${host.address}: undone by its guard: its controller is gone\n`]);
      assert.deepEqual(await rulesOf(host), []);
    },

    "is not kept by a word alone: what fails by then undoes it": async (host) => {
      const making = refusal(create("HostRouting", heldFields(host, person)));
      await isHeld(host);
      await host.exec(breakProbe);
      const { code, stdout } = await commandAt(host, "confirm");
      // Either may have come first: the look that found it, or the word.
      assert.equal(code, 1);
      assert.match(stdout, /^(\S+: undone\n)?$/);
      assert.match((await making).message, verified);
    },

    "cannot be confirmed where the run does it by itself, or nothing is held": async (host) => {
      const nothing = await commandAt(host, "confirm");
      assert.equal(nothing.code, 1);
      assert.match(nothing.stderr, /: no change is held there\n/);
      assert.match((await commandAt(host, "retract")).stderr, /: no change is held there\n/);
      const making = create("HostRouting", heldFields(host, { hold: 30 }));
      await isHeld(host);
      const { code, stderr } = await commandAt(host, "confirm");
      assert.equal(code, 1);
      assert.match(stderr, /holds a change there under guard until \S+Z, and confirms it by itself then\n {2}next: wait until \S+Z, or /);
      await making;
    },

    "that was taken back while nobody was there is told to the next who comes": async (host) => {
      const controller = controllerOf(heldFields(host, { ...person, confirmTimeout: 30 }));
      await isHeld(host);
      controller.kill("SIGKILL");
      await commandAt(host, "retract");
      assert.match(await warnings(() => visit(host)), /an earlier change was undone by a person, by policy-routing retract: /);
    },
  });
});
