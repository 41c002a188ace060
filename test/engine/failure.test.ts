// What goes wrong: it is said where and why, and the next run carries on.
import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { rules } from "./host";
import { connection, doors, useSite } from "./site";
import { byName, resource } from "./state";

for (const door of doors)
  describe(`a failure, by the ${door} door`, function () {
    this.timeout(180_000);
    const site = useSite("failure", 7, door);

    it("the kernel refuses one resource: the others land, it is not in the state, and the next up carries on", async () => {
      const host = site.host();
      const program = (gateway: string): string => `${connection(host)}
      new PolicyRule("one", { connection, priority: 1000, table: 1, from: "198.51.100.1" });
      new PolicyRoute("refused", { connection, table: 1, destination: "203.0.113.0/24", via: "${gateway}", dev: "eth1" });
      new PolicyRule("two", { connection, priority: 1001, table: 1, from: "198.51.100.2" });`;
      const { stack, write } = await site.project(program("203.0.113.99"));
      const { stdout } = await stack.up(["--continue-on-error"], { expectFailure: true });
      assert.match(stdout, new RegExp(`${host.address}: ip -4 route .*the kernel refused it; reverted \\(verified\\)`));
      assert.match(stdout, /Nexthop has invalid gateway/);
      assert.equal((await rules(host)).length, 2);
      assert.deepEqual([...byName(await stack.export()).keys()].filter((name) => ["one", "two", "refused"].includes(name)).sort(), [
        "one",
        "two",
      ]);
      await write(program(host.uplinks[1].gateway));
      const next = await stack.up();
      assert.match(next.stdout, /\+ 1 created/);
      await stack.refresh(["--expect-no-changes"]);
    });

    it("a change that could not be undone is in the state with its reasons; the next up repairs it, and destroy works", async () => {
      const host = site.host();
      // An `ip` that applies and then reports a failure, and whose undo does nothing.
      const restore = await host.replaceBinary(
        "/usr/sbin/ip",
        `#!/bin/sh
case "$*" in
  *-force*) exit 0 ;;
  *-batch*) ip.real "$@"; echo 'RTNETLINK answers: Operation not permitted' >&2; exit 2 ;;
esac
exec ip.real "$@"
`,
      );
      const program = `${connection(host, { password: "TOPSECRET" })}new PolicyRule("rule", { connection, priority: 1000, table: 1, from: "198.51.100.1" });`;
      const { stack, write } = await site.project(program);
      const withoutSecret = async (): Promise<void> => assert.doesNotMatch(JSON.stringify(await stack.export()), /TOPSECRET/);
      const { stdout } = await stack.up([], { expectFailure: true });
      assert.match(stdout, /reverted, but differs: rule inet 1000: /);
      await withoutSecret();
      const kept = await resource(stack, "rule");
      assert.match(kept.initErrors?.join("\n") ?? "", /reverted, but differs/);
      await restore();

      const next = await stack.up();
      assert.match(next.stdout, /~ 1 updated/);
      const repaired = await resource(stack, "rule");
      assert.deepEqual(repaired.initErrors ?? [], []);
      assert.equal(repaired.outputs?.["machineId"], (await host.exec("cat /etc/machine-id")).trim());
      assert.deepEqual(await rules(host), ["1000 from 198.51.100.1 lookup 1 proto 214"]);

      const again = await host.replaceBinary(
        "/usr/sbin/ip",
        `#!/bin/sh\ncase "$*" in *-force*) exit 0 ;; *-batch*) ip.real "$@"; exit 2 ;; esac\nexec ip.real "$@"\n`,
      );
      await write(program.replace("table: 1", "table: 2"));
      await stack.up([], { expectFailure: true });
      await again();
      assert.ok((await resource(stack, "rule")).initErrors, "an update that could not be undone has its reasons too");
      await withoutSecret();
      await stack.destroy();
      assert.deepEqual(await rules(host), []);
    });

    it("every failure of every resource is told at once, with what was written unless that is secret", async () => {
      const { stack, write } = await site.project(`
      const password = pulumi.secret("TOPSECRET-password");
      const connection = { host: "bad host", port: 99999, password, privateKey: ["TOPSECRET-key"] as unknown as string, hots: "x" };
      new PolicyRule("rule", { connection, priority: 0, table: 0, from: "some-from", fwmak: 1 } as never);`);
      const { stdout, stderr } = await stack.up([], { expectFailure: true });
      await write(`const password = pulumi.secret("TOPSECRET-password");
      new PolicyRoute("route", { connection: { host: "h", password }, destination: "10.0.0.1/8", via: "some-via", dev: "some device" });`);
      const other = await stack.up([], { expectFailure: true });
      for (const path of [
        "connection.host",
        "connection.port",
        "connection.privateKey",
        "connection.hots",
        "priority",
        "table",
        "from",
        "fwmak",
      ])
        assert.match(stdout, new RegExp(`resource 'rule' has a problem: ${path.replace(".", "\\.")}: `), path);
      // Without a way to go on, the engine stops at the first resource that fails its check.
      for (const path of ["destination", "via", "dev"])
        assert.match(other.stdout, new RegExp(`resource 'route' has a problem: ${path}: `), path);
      assert.match(stdout, /fwmak: unknown field: did you mean fwmark\?/);
      for (const [text, printed] of [
        ["99999", stdout],
        ["some-from", stdout],
        ["some-via", other.stdout],
        ["some device", other.stdout],
      ] as const)
        assert.match(printed, new RegExp(`, got "?${text}"?`), text);
      assert.doesNotMatch(stdout + stderr + other.stdout + other.stderr, /TOPSECRET/);
    });

    it("two resources of one program with one key: both are named before anything is changed, also when a value comes late", async () => {
      const host = site.host();
      const { stack, write } = await site.project(`${connection(host)}
      new PolicyRule("one", { connection, priority: 1000, table: 1, from: "198.51.100.1" });
      new PolicyRule("two", { connection: pulumi.output(connection), priority: 1000, table: 2, from: "198.51.100.2" });`);
      const late = await stack.up(["--skip-preview=false"], { expectFailure: true });
      assert.match(late.stdout, /PolicyRule two and PolicyRule one both declare rule inet 1000 on/);
      await write(`${connection(host)}
      new PolicyRoute("three", { connection, table: 1, destination: "203.0.113.0/24", dev: "eth1" });
      new PolicyRoute("four", { connection, table: 1, destination: "203.0.113.0/24", dev: "eth0" });`);
      const plain = await stack.up(["--skip-preview=false"], { expectFailure: true });
      assert.match(plain.stdout, /PolicyRoute four and PolicyRoute three both declare route inet table 1 203\.0\.113\.0\/24 on/);
      assert.doesNotMatch(late.stdout + plain.stdout, /\n\s+at .*\.(js|ts):/, "a message, no stack");
      assert.deepEqual(await rules(host), []);
      assert.equal(await host.countLogins(), 0);
    });

    it("one key in two stacks: the second is refused and names the first; adopt takes it over, and the first one lets go", async () => {
      const host = site.host();
      const program = (adopt: boolean): string => `${connection(host)}
      const adopt = ${adopt} && pulumi.getStack() === "second";
      new PolicyRule("rule", { connection, priority: 1000, table: 1, from: "198.51.100.1", adopt });
      new PolicyRoute("route", { connection, table: 1, destination: "203.0.113.0/24", dev: "eth1", adopt });
      new RoutingTable("table", { connection, tableId: 1, name: "one", adopt });`;
      const { stack, write, openStack } = await site.project(program(false));
      const second = await openStack("second");
      await stack.up();
      const after = await host.snapshot();
      const refused = await second.up(["--continue-on-error"], { expectFailure: true });
      for (const key of ["rule inet 1000", "route inet table 1 203\\.0\\.113\\.0/24", "table 1"])
        assert.match(refused.stdout, new RegExp(`${key}: belongs to ${host.address}/\\S+ of stack organization/engine-test/test`), key);
      assert.equal(await host.snapshot(), after);

      await write(program(true));
      const adopted = await second.up();
      assert.match(adopted.stdout, /taken over from \S+ of stack organization\/engine-test\/test/);
      await stack.destroy();
      assert.deepEqual(await rules(host), ["1000 from 198.51.100.1 lookup 1 proto 214"], "what another stack took over stays");
      await second.refresh(["--expect-no-changes"]);
      await second.destroy();
      assert.deepEqual(await rules(host), []);
    });

    it("a foreign twin is refused and named; adopt takes it over, and it is ours from then on", async () => {
      const host = site.host();
      await host.exec("ip rule add pref 1000 from 198.51.100.1 table 1; ip route add 203.0.113.0/24 dev eth1 table 1 proto static");
      const program = (adopt: boolean): string => `${connection(host)}
      new PolicyRule("rule", { connection, priority: 1000, table: 1, from: "198.51.100.1", adopt: ${adopt} });
      new PolicyRoute("route", { connection, table: 1, destination: "203.0.113.0/24", dev: "eth1", adopt: ${adopt} });`;
      const { stack, write } = await site.project(program(false));
      const before = await host.snapshot();
      const refused = await stack.up(["--continue-on-error"], { expectFailure: true });
      assert.match(refused.stdout, /a foreign rule says the same: .*proto \d+/);
      assert.match(refused.stdout, /a foreign route stands at this key: .*proto 4/);
      assert.match(refused.stdout, /next: set adopt: "same" to take it over/);
      assert.equal(await host.snapshot(), before);
      await write(program(true));
      await stack.up();
      assert.deepEqual(await rules(host), ["1000 from 198.51.100.1 lookup 1 proto 214"]);
      await stack.refresh(["--expect-no-changes"]);
      await stack.destroy();
      assert.deepEqual(await rules(host), []);
    });
  });
