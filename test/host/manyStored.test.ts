import { strict as assert } from "node:assert";
import { after, before, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { type Host, type Lab, startLab } from "../lab/lab";
import { ensurePackages } from "../lab/packages.mjs";
import { create, type Made, read, remove } from "./resource";

const store = "/etc/policy-routing/objects";
const shells = ["dash", "bash", "busybox sh"] as const;
/** Seconds of the processor for one look at 1,000 objects. */
const bound = 0.3;

/** What an other stack persisted here: every second object a rule, the others routes, with the register's lines. */
const half = (count: number): string => `awk 'BEGIN {
  for (i = 0; i < ${count}; i++) {
    net = "10." int(i / 256) "." i % 256 ".0/24"
    name = i % 2 ? "20-route-inet-table-100-10." int(i / 256) "." i % 256 ".0_24" : "40-rule-inet-" 10000 + i
    key = i % 2 ? "route inet table 100 " net : "rule inet " 10000 + i
    print "# pulumi-policy-routing 1\\t" name "\\t4\\t" key "\\tother/" i "#token\\torganization/other/stack\\trc-local\\t214" >"${store}/" name
    print (i % 2 ? "route add " net " dev lo table 100" : "rule add priority " 10000 + i " from " net " table 100") " proto 214" >"${store}/" name
    close("${store}/" name)
    print key "\\tother/" i "#token\\torganization/other/stack" >"/run/policy-routing/register"
  }
}'`;

/** Names so long that no command line holds all of them. */
const long = (count: number): string => `awk 'BEGIN {
  for (i = 0; i < ${count}; i++) {
    route = sprintf("2001:db8:%x:%x::/64 from 2001:db8:ffff:ffff::/64 metric 1000", int(i / 65536) + 1, i % 65536 + 1)
    key = "route inet6 table 100 " route
    name = "20-" key
    gsub(" ", "-", name)
    gsub("/", "_", name)
    print "# pulumi-policy-routing 1\\t" name "\\t6\\t" key "\\tother/" i "#token\\torganization/other/stack\\trc-local\\t214" >"${store}/" name
    print "route add " route " dev lo table 100 proto 214" >"${store}/" name
    close("${store}/" name)
  }
}'`;

describe("a host on which many objects are persisted", function () {
  this.timeout(300_000);
  let lab: Lab;
  let host: Host;
  before(async () => {
    await ensurePackages(["busybox"]);
    lab = await startLab({ name: "test-host-many-stored" });
    host = lab.hosts[0];
  });
  after(async () => {
    closeHosts();
    await lab.stop();
  });

  const rule = (): Promise<Made> =>
    create("PolicyRule", { connection: host.connection, persist: "rc-local", priority: 1000, from: "198.18.128.2", table: 100 });
  /** What the script says, and the seconds of the processor that it and all it calls took. */
  const replay = async (shell: string): Promise<{ said: string; seconds: number }> => {
    const { code, stdout, stderr } = await host.result(`bash -c 'TIMEFORMAT="%U %S"; time ${shell} /etc/policy-routing/replay 2>&1'`);
    assert.equal(code, 0, stdout.slice(-500));
    return {
      said: stdout,
      seconds: stderr
        .trim()
        .split(" ")
        .map(Number)
        .reduce((sum, one) => sum + one, 0),
    };
  };

  it("looks at 1,000 of them within 0.3 s of the processor, whatever the shell and whatever is missing", async () => {
    const one = await rule();
    await host.exec(half(1000));
    const ours = async (): Promise<number> => Number(await host.exec("{ ip rule; ip route show table 100; } | grep -c 'proto 214'"));
    const empty = "ip rule flush proto 214; ip route flush table 100 proto 214 2>/dev/null || :";
    const states: readonly [string, string, number][] = [
      ["all are missing", empty, 1001],
      ["nothing is to be done", ":", 0],
      ["the register is empty, as after a boot", ": >/run/policy-routing/register", 0],
      ["one is missing", "ip rule del pref 10000", 1],
    ];
    for (const shell of shells)
      for (const [what, command, added] of states) {
        await host.exec(command);
        const { said, seconds } = await replay(shell);
        console.log(`      ${seconds.toFixed(2)} s when ${what} (${shell})`);
        assert.equal(said.match(/^added /gm)?.length ?? 0, added, said.slice(0, 500));
        assert.equal(said.split("\n").length - 1, added, said.slice(0, 500));
        assert.equal(await ours(), 1001);
        assert.ok(seconds < bound, `${seconds} s with ${shell} when ${what}`);
      }
    await remove(one);
    assert.equal((await host.exec(`ls ${store} | wc -l`)).trim(), "1000");
    await host.exec(`${empty}; rm -rf /etc/policy-routing /run/policy-routing /etc/rc.local`);
    closeHosts();
  });

  it("holds 30,000 with names longer than a command line: they are replayed, read and written beside", async () => {
    const one = await rule();
    await host.exec(long(30_000));
    assert.ok(Number(await host.exec(`ls ${store} | wc -c`)) > Number(await host.exec("getconf ARG_MAX")));
    for (const shell of shells) {
      await host.exec("ip -6 route flush table 100; : >/run/policy-routing/register");
      assert.equal((await replay(shell)).said.match(/^added route inet6 /gm)?.length, 30_000, shell);
      const { said, seconds } = await replay(shell);
      assert.equal(said, "");
      console.log(`      ${seconds.toFixed(2)} s when nothing is to be done (${shell})`);
      assert.ok(seconds < 30 * bound, `${seconds} s with ${shell}`);
    }
    closeHosts();
    assert.equal((await read(one))?.["persist"], "rc-local");
    await remove(one);
    assert.equal((await host.exec(`ls ${store} | wc -l`)).trim(), "30000");
  });
});
