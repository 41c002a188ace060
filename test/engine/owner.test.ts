// The tag of a stack, from its configuration.
import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { gaps, watch } from "../host/monitor";
import { routes, rules } from "./host";
import { connection, doors, useSite } from "./site";
import { detail } from "./state";

for (const door of doors)
  describe(`policy-routing:owner, by the ${door} door`, function () {
    this.timeout(240_000);
    const key = { dynamic: "policy-routing:owner", plugin: "policyrouting:owner" }[door];
    const site = useSite("owner", 1, door);

    it("changed, is a take-over of what the stack has: shown, without a gap, and taken away by destroy; an odd one is refused in words", async () => {
      const host = site.host();
      const program = `${connection(host)}
      new PolicyRule("rule", { connection, priority: 1000, table: 1, from: "198.51.100.1" });
      new HostRouting("host", { connection, exclusive: true,
        routes: { link: { destination: "203.0.113.0/24", dev: "eth1", table: 1 } },
        rules: { two: { priority: 1001, table: 1, from: "198.51.100.2" } } });`;
      const { stack } = await site.project(program);
      await stack.up();
      const stood = (await rules(host)).map((one) => one.replace(" ", ": "));
      await stack.configure({ [key]: "215" });
      const odd = await stack.up([], { expectFailure: true });
      assert.match(odd.stdout, /owner(\.proto)?: expected an even number from 6 to 252, but 186 to 198/);
      assert.deepEqual(
        (await rules(host)).map((one) => one.replace(" ", ": ")),
        stood,
      );
      await stack.configure({ [key]: "220" });
      assert.deepEqual(detail((await stack.previewJson()).steps, "rule"), { "owner.proto": "add" });
      const seen = await watch(host);
      await stack.up();
      const events = (await seen.end()).filter((event) => /^(Deleted )?\d+:/.test(event));
      assert.deepEqual(gaps(stood, events, ["from 198.51.100.1", "from 198.51.100.2"]), []);
      assert.deepEqual(await rules(host), ["1000 from 198.51.100.1 lookup 1 proto 220", "1001 from 198.51.100.2 lookup 1 proto 220"]);
      assert.match((await routes(host, 1)).join("\n"), /^203\.0\.113\.0\/24 dev eth1 proto 220 scope \S+$/);
      await stack.refresh(["--expect-no-changes"]);
      await stack.destroy();
      assert.deepEqual(await rules(host), []);
      assert.deepEqual(await routes(host, 1), []);
    });
  });
