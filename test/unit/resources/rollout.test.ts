// How hosts are dealt out over waves.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { takeBack, wavesOf } from "../../../provider/src/resources/rollout";

const hosts = ["a", "b", "c", "d", "e"];

describe("waves", () => {
  it("a batch is a number of hosts or a share of all", () => {
    const sizes = (batch?: number | string) => wavesOf(hosts, batch === undefined ? {} : { batch }).map((wave) => wave.hosts.length);
    assert.deepEqual(sizes(), [1, 4]);
    assert.deepEqual(sizes(3), [1, 3, 1]);
    assert.deepEqual(sizes("40%"), [1, 2, 2]);
    assert.deepEqual(sizes("100%"), [1, 4]);
  });

  it("what is neither is refused, not guessed at", () => {
    for (const batch of ["25", "%", "0%", "-5%", "a third", "0x10%", "1e2%", " 25%", "", 0, -1, Number.NaN])
      assert.throws(() => wavesOf(hosts, { batch }), /batch is a number of hosts of 1 or more, or a share such as "25%"/, String(batch));
  });

  it("one that failed says what to type to take the run back, with its name where that was given", () => {
    const command = "pulumi stack export > stack.json && npx --no-install policy-routing rollback --hosts stack.json --run";
    assert.ok(takeBack({ POLICY_ROUTING_RUN: "ci-4711" }).endsWith(`${command} ci-4711 --why TEXT`));
    for (const run of [undefined, "", "a b", "$(id)"])
      assert.ok(
        takeBack({ POLICY_ROUTING_RUN: run }).endsWith(`${command} ID --why TEXT (ID: npx --no-install policy-routing history HOST)`),
      );
  });
});
