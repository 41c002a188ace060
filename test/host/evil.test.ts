import { strict as assert } from "node:assert";
import { writeFile } from "node:fs/promises";
import { after, afterEach, before, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { type Host, type Lab, startLab } from "../lab/lab";
import { create, type Fields, read, refusal, remove, update } from "./resource";
import { Stretches } from "./stretches";

/** What a broken or hostile host answers must cost that host's resources only: one process serves all. */
describe("a host that answers something else, beside a healthy one", function () {
  this.timeout(120_000);

  let lab: Lab;
  let evil: Host;
  let healthy: Host;
  const stretches = new Stretches();
  before(async () => {
    lab = await startLab({ name: "test-host-evil", hosts: 2 });
    evil = lab.hosts[0];
    const [, other] = lab.hosts;
    assert.ok(other !== undefined);
    healthy = other;
    await remove(await create("PolicyRule", rule(healthy)));
    await remove(await create("PolicyRoute", route(evil))); // what is loaded once
  });
  afterEach(closeHosts);
  after(() => lab.stop());

  const rule = (host: Host): Fields => ({ connection: host.connection, priority: 1000, from: "198.18.128.2", table: 100 });
  const route = (host: Host): Fields => ({
    connection: host.connection,
    destination: "2001:db8:77::/48",
    dev: "eth1",
    table: 100,
    guard: { confirmTimeout: 60 },
  });
  /** An `ip` that prints a file where its words match. */
  const liar = async (pattern: string, printed: string): Promise<() => Promise<void>> => {
    await writeFile(await evil.file("/tmp/printed"), printed);
    return evil.replaceBinary("/usr/sbin/ip", `#!/bin/sh\ncase "$*" in ${pattern}) exec cat /tmp/printed ;; esac\nexec ip.real "$@"\n`);
  };
  const array = (one: string, count: number): string => `[${Array.from({ length: count }, () => one).join(",")}]\n`;

  /** What somebody does who is lied to about routes, rules, or all. */
  const actions = {
    "*' route show'*": [() => create("PolicyRoute", route(evil))],
    "*' rule show'*": [() => create("PolicyRule", rule(evil))],
    "*' show'*": [() => create("PolicyRoute", route(evil)), () => create("PolicyRule", rule(evil))],
  };
  const answers: [string, keyof typeof actions, () => string, RegExp][] = [
    ["0.9 MB of IPv6 routes at one key", "*' route show'*", () => array('{"dst":"2001:db8:77::/48"}', 33_000), /^198\.19\./],
    [
      "0.9 MB of next hops at one key",
      "*' route show'*",
      () => array('{"dst":"2001:db8:77::/48","gateway":"fe80::1","protocol":"214"}', 15_000),
      /the answer of ip holds 15000 next hops of one route/,
    ],
    [
      "as many routes at one key as are let in",
      "*' route show'*",
      () => array('{"dst":"2001:db8:77::/48","dev":"eth1"}', 90_000),
      /^198\.19\./,
    ],
    [
      "60,000 rules of one priority",
      "*' rule show'*",
      () => array('{"priority":1000,"src":"198.18.128.2","table":"7"}', 30_000),
      /^198\.19\./,
    ],
    [
      "18 MB of empty objects",
      "*' show'*",
      () => array("{}", 6_000_000),
      /more than was asked for, or without an end: more than [0-9]+ objects/,
    ],
    [
      "18 MB of empty lines",
      "*' show'*",
      () => "\n".repeat(18_000_000),
      /more than was asked for, or without an end: more than [0-9]+ lines/,
    ],
    ["one object of 20 MB", "*' route show'*", () => `[{"x":[${"[],".repeat(6_600_000)}[]]}]`, /holds an object without an end/],
    ["brackets without an end", "*' show'*", () => "[".repeat(10_000_000), /holds an object without an end|is not JSON/],
  ];

  for (const [what, pattern, printed, message] of answers)
    it(`${what}: fails alone, and holds up nobody for more than 200 ms`, async function () {
      const mend = await liar(pattern, printed());
      const made = create("PolicyRule", rule(healthy));
      stretches.begin();
      try {
        for (const action of actions[pattern]) {
          const error = await refusal(action());
          assert.match(error.message, message);
          assert.ok(error.message.length < 5000, `${error.message.length} characters`);
        }
      } finally {
        await mend();
      }
      const longest = stretches.end();
      await remove(await made);
      if (this.test !== undefined) this.test.title += ` (${longest.toFixed(0)} ms)`;
      assert.ok(longest < 200, `${longest.toFixed(0)} ms`);
    });

  it("a register that names another table each time: the looks end, and nothing was changed", async () => {
    const made = await create("PolicyRule", rule(evil));
    const mend = await evil.replaceBinary(
      "/usr/bin/cat",
      `#!/bin/sh
cat.real "$@" || exit
case "$*" in */register) ;; *) exit ;; esac
n=0
{ read -r n <$0.count; } 2>/dev/null
echo $((n + 1)) >$0.count
printf 'route inet table %s 10.0.0.0/8\\t${made.id}\\torganization/test/host\\n' $((n + 1000))
`,
    );
    const error = await refusal(update(made, { table: 101 }));
    await mend();
    assert.match(error.message, /nothing was changed: 20 times another transaction came first, or the register named other entries/);
    assert.equal((await read(made))?.["table"], 100);
    await remove(made);
  });
});
