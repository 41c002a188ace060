// What a person sees while a host is worked on, in a log that nobody sits in front of. What takes less than a second says nothing.
import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import type { Host } from "../lab/lab";
import { until } from "../lab/until";
import { connection, doors, useSite } from "./site";

/** An `ip` that takes its time for each change. */
const slowly = (host: Host, seconds: number): Promise<unknown> =>
  host.replaceBinary("/usr/sbin/ip", `#!/bin/sh\ncase "$*" in *-batch*) sleep ${seconds} ;; esac\nexec ip.real "$@"\n`);

/** The lines about a host that are no warning and no error, in their order. */
const toldOf = (host: string, printed: string): string[] =>
  printed.split("\n").flatMap((line) => {
    const [, what] = line.split(` ${host}: `);
    return what === undefined || /warning: |error: /.test(line) ? [] : [what.trim()];
  });

for (const door of doors)
  describe(`while a host is worked on, by the ${door} door`, function () {
    this.timeout(240_000);
    const site = useSite("progress", 3, door);

    it(`a slow host: it says what goes on, who waits, and how it ended, ${door === "plugin" ? "in the rows of the resources" : "in the row of the stack"}`, async () => {
      const host = site.host();
      await slowly(host, 4);
      const rule = (name: string, priority: number, confirmTimeout: number): string =>
        `new PolicyRule("${name}", { connection, priority: ${priority}, table: 5, from: "198.51.100.1", guard: { confirmTimeout: ${confirmTimeout} } });`;
      // Of unequal guards, so one after the other.
      const { stack } = await site.project(`${connection(host)}${rule("one", 1000, 60)}${rule("two", 1001, 61)}`);
      const { stdout } = await stack.up();
      const told = toldOf(host.address, stdout);
      assert.ok(
        told.some((line) => /^applies 1 step under a guard of 6[01] s; 1 other change waits for this host/.test(line)),
        stdout,
      );
      assert.ok(
        told.some((line) => /^applies 1 step under a guard of 6[01] s$/.test(line)),
        stdout,
      );
      assert.ok(
        told.some((line) => /^confirmed; after a reboot: \S/.test(line)),
        stdout,
      );
      const rows =
        door === "plugin"
          ? ["policyrouting:index:PolicyRule one", "policyrouting:index:PolicyRule two"]
          : ["pulumi:pulumi:Stack engine-test-test"];
      for (const row of rows) assert.match(stdout, new RegExp(`${row} .*${host.address}: applies 1 step under`), stdout);
    });

    it("a host that another one holds: it says that it looks, then by whom it is held", async () => {
      const host = site.host();
      await host.exec(
        `mkdir -p -m 700 /run/policy-routing
setsid sh -c 'echo $$ >/tmp/holder; exec sleep 600' >/dev/null 2>&1 </dev/null &
tries=0
until [ -s /tmp/holder ]; do tries=$((tries + 1)); [ $tries -lt 500 ] || exit 1; sleep 0.01; done
read -r pid </tmp/holder
read -r stat </proc/$pid/stat; set -- \${stat##*) }; shift 19; start=$1
read -r now _ </proc/uptime; now=\${now%%.*}
printf 'txn t-hand\\npid %s\\nstart %s\\ndeadline %s\\nholder organization/hand/made by somebody\\nend\\n' $pid $start $((now + 60)) >/run/policy-routing/lock.7`,
      );
      const { stack } = await site.project(
        `${connection(host)}new PolicyRule("rule", { connection, priority: 1000, table: 5, from: "198.51.100.1" });`,
      );
      const up = stack.spawn("up");
      await until(
        "its name",
        async () => (/warning: \S+: waits for organization\/hand\/made by somebody/.test(up.printed()) ? true : undefined),
        120_000,
      );
      await host.exec(": >/run/policy-routing/lock.7; kill $(cat /tmp/holder)");
      const { code, stdout } = await up.ended;
      assert.equal(code, 0, stdout);
      assert.ok(toldOf(host.address, stdout).includes("reads what is there"), stdout);
    });

    it("a dead host: it says which dial it is, of how many, and why the last one failed", async () => {
      const host = site.host();
      const { stack } = await site.project(
        `${connection(host, { port: 9, dialErrorLimit: 6 })}new PolicyRule("rule", { connection, priority: 1000, table: 5, from: "198.51.100.1" });`,
      );
      const { stdout } = await stack.up([], { expectFailure: true });
      const told = toldOf(host.address, stdout);
      assert.ok(told.includes("dial 7 of 7: connection refused"), stdout);
      assert.equal(told.at(-1), "has ended", stdout);
    });
  });
