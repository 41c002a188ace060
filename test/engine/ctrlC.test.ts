// How soon Ctrl-C ends an `up` that would wait: for a dial, for a probe, for the login that confirms.
import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import type { Running } from "../engine-cli/engine";
import type { Host } from "../lab/lab";
import { startRelay } from "../lab/relay";
import { until } from "../lab/until";
import { rules } from "./host";
import { doors, useSite } from "./site";

/** Ctrl-C now: seconds until the CLI has ended. */
async function stopped(up: Running): Promise<number> {
  const began = performance.now();
  up.child.kill("SIGINT");
  assert.notEqual((await up.ended).code, 0);
  return (performance.now() - began) / 1000;
}
const armed = (host: Host): Promise<unknown> =>
  until(
    "the change of 1001 to be under guard",
    async () =>
      (await host.result("ls /run/policy-routing/t-*/armed && ip rule show pref 1001 | grep -q 198")).code === 0 ? true : undefined,
    60_000,
  );
const rule = (connection: object, n: number, more = "", options = ""): string =>
  `new PolicyRule("rule-${n}", { connection: ${JSON.stringify(connection)}, priority: ${1000 + n}, table: 5, from: "198.51.100.${n}"${more} }${options});`;

const standing = [0, 1].map((n) => `${1000 + n} from 198.51.100.${n} lookup 5 proto 214`);

for (const door of doors)
  describe(`Ctrl-C, by the ${door} door`, function () {
    this.timeout(240_000);
    const site = useSite("ctrl-c", 3, door);

    it("Ctrl-C while a host that is dead is dialled: no dial is waited for", async () => {
      const host = site.host();
      // Silent: each dial would take its 15 s.
      const relay = await startRelay({ host: host.address });
      relay.stall();
      const connection = { ...host.connection, host: relay.host, port: relay.port, hostKey: await host.hostKey() };
      const { stack } = await site.project(
        `const connection = ${JSON.stringify(connection)};
      new PolicyRule("rule", { connection, priority: 1000, table: 5, from: "198.51.100.1" });`,
      );
      try {
        const up = stack.spawn("up");
        await until("a dial to be told", async () => (up.printed().includes(`${relay.host}: dial 1 of 11`) ? true : undefined), 120_000);
        const stopped = performance.now();
        up.child.kill("SIGINT");
        const { code } = await up.ended;
        const seconds = (performance.now() - stopped) / 1000;
        assert.notEqual(code, 0);
        assert.match(up.printed(), /127\.0\.0\.1: not begun: the run was stopped first/);
        // A dial alone would be 15.
        assert.ok(seconds < 1, `${seconds.toFixed(2)} s`);
      } finally {
        await relay.close();
      }
    });

    it("Ctrl-C while a change runs under its guard: it is undone at once, what was confirmed stays, and the next up carries on", async () => {
      const host = site.host();
      // Nobody answers: the change is under its guard for the three seconds of the probe.
      const slow = `, guard: { confirmTimeout: 60, probes: [{ ping: "${host.uplinks[1].gateway.replace(/\.\d+$/, ".250")}", expect: true }] }`;
      const first = `const first = ${rule(host.connection, 0)}`;
      const { stack, write } = await site.project(`${first}${rule(host.connection, 1, slow, ", { dependsOn: first }")}`);
      const up = stack.spawn("up");
      await armed(host);
      const seconds = await stopped(up);
      assert.match(up.printed(), /reverted \(verified\): the run was stopped before it was confirmed/);
      assert.deepEqual(await rules(host), standing.slice(0, 1));
      assert.equal((await host.result("ls /run/policy-routing/t-*/armed")).stdout, "");
      assert.ok(seconds < 3, `${seconds.toFixed(2)} s`);
      await write(`${first}${rule(host.connection, 1)}`);
      await stack.up();
      assert.deepEqual(await rules(host), standing);
      await stack.refresh(["--expect-no-changes"]);
    });

    it("Ctrl-C while the login that would confirm is on its way: the change is undone at once, over the connection that stands", async () => {
      const host = site.host();
      const relay = await startRelay({ host: host.address });
      try {
        const connection = { ...host.connection, host: relay.host, port: relay.port, hostKey: await host.hostKey() };
        const { stack } = await site.project(rule(connection, 1, ", guard: { confirmTimeout: 60 }"));
        const up = stack.spawn("up");
        await until("the first login", async () => (relay.dials() > 0 ? true : undefined), 60_000);
        relay.delay(300); // a login has some ten round trips
        await armed(host);
        await until("the second login", async () => (relay.dials() > 1 ? true : undefined), 60_000);
        const seconds = await stopped(up);
        assert.match(up.printed(), /reverted \(verified\): the run was stopped before it was confirmed/);
        assert.deepEqual(await rules(host), []);
        assert.ok(seconds < 3, `${seconds.toFixed(2)} s`);
      } finally {
        await relay.close();
      }
    });
  });
