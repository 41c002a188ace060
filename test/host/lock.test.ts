import { strict as assert } from "node:assert";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { type Host, type Lab, startLab } from "../lab/lab";
import { until } from "../lab/until";
import { rulesOf } from "./monitor";
import { create, type Fields, listenToStderr, remove, stack, warnings } from "./resource";

describe("the lock of a host", () => {
  let lab: Lab;
  let host: Host;
  const children: ChildProcess[] = [];
  before(async () => {
    lab = await startLab({ name: "test-host-lock" });
    host = lab.hosts[0];
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    closeHosts();
    await host.exec("rm -rf /run/policy-routing");
  });
  after(() => lab.stop());

  const rule = (fields: Fields = {}): Fields => ({
    connection: host.connection,
    priority: 1000,
    from: "198.18.128.2",
    table: 100,
    ...fields,
  });

  /** A controller in a process of its own. */
  const controller = (fields: Fields): { child: ChildProcess; ended: Promise<{ code: unknown; output: string }> } => {
    const child = spawn(
      process.execPath,
      ["--require", "tsx/cjs", join(__dirname, "controller.ts"), "PolicyRule", JSON.stringify(fields)],
      {
        stdio: ["ignore", "pipe", "pipe"],
        cwd: join(__dirname, "../.."),
      },
    );
    children.push(child);
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => {
        output += chunk.toString("utf8");
      });
    return { child, ended: once(child, "close").then(([code]: unknown[]) => ({ code, output })) };
  };

  /** A holder by hand: a process group of two on the host, and a lock that names it. */
  const holder = async (secondsLeft: number): Promise<string> => {
    await host.exec(
      `mkdir -p -m 700 /run/policy-routing
setsid sh -c 'sleep 600 & echo $$ >/tmp/holder; wait' >/dev/null 2>&1 </dev/null &
tries=0
until [ -s /tmp/holder ]; do tries=$((tries + 1)); [ $tries -lt 500 ] || exit 1; sleep 0.01; done
read -r pid </tmp/holder; rm /tmp/holder
read -r stat </proc/$pid/stat; set -- \${stat##*) }; shift 19; start=$1
read -r now _ </proc/uptime; now=\${now%%.*}
printf 'txn t-hand\\npid %s\\nstart %s\\ndeadline %s\\nholder organization/hand/made by somebody\\nend\\n' $pid $start $((now + ${secondsLeft})) >/run/policy-routing/lock.7
echo $pid >/tmp/held`,
    );
    return (await host.exec("cat /tmp/held")).trim();
  };
  const group = async (leader: string): Promise<string> => host.exec(`ps -o pid= -o stat= -g ${leader} | grep -v Z || true`);

  it("a holder whose time is over is taken over, and its process group is ended", async () => {
    const leader = await holder(-1);
    assert.notEqual(await group(leader), "");
    const made = await create("PolicyRule", rule());
    assert.equal(await group(leader), "");
    assert.match(await host.exec("ls /run/policy-routing"), /^lock\.8$/m);
    await remove(made);
  });

  it("the process id of a holder that is gone now belongs to somebody else: who is left alone", async () => {
    const leader = await holder(-1);
    await host.exec("sed -i 's/^start .*/start 1/' /run/policy-routing/lock.7");
    await remove(await create("PolicyRule", rule()));
    assert.notEqual(await group(leader), "");
    await host.exec(`kill -KILL -${leader}`);
  });

  it("a lock file that cannot be read is cleared, and told", async () => {
    for (const text of [
      "deadline soon",
      "\\0\\0\\0",
      "txn t-1\\npid 1\\nstart x\\ndeadline 99999999",
      "txn ../../etc\\npid 1\\nstart 1\\ndeadline 99999999",
      "txn t-1\\npid 1\\nstart 1\\ndeadline 99999999999999999999",
    ]) {
      await host.exec(
        `mkdir -p -m 700 /run/policy-routing && rm -f /run/policy-routing/lock.* && printf '${text}\\n' >/run/policy-routing/lock.7`,
      );
      const said = await warnings(async () => remove(await create("PolicyRule", { ...rule(), persist: "none" })));
      assert.equal(said, `warning: ${host.address}: /run/policy-routing/lock.7 was no lock that could be read: cleared\n`);
      assert.match(await host.exec("ls /run/policy-routing"), /^lock\.9$/m);
    }
  });

  it("one that cannot be read while a change is under guard is waited for until that guard's time is over, and its change undone", async () => {
    await host.exec(
      `mkdir -p -m 700 /run/policy-routing/t-hand; cd /run/policy-routing
read -r now _ </proc/uptime
printf '%s\n' 'case x in *) watch /run/policy-routing/t-hand '$((\${now%%.*} + 3))' ;; esac' >t-hand/guard
printf 'organization/hand/made by somebody\n' >t-hand/holder; : >t-hand/armed; echo rubbish >lock.7
ip rule add pref 1005 table 100 proto 214
printf 'undo_1() {\nbatch_undo 4 <<END\nrule del pref 1005 proto 214\nEND\n}\nchanges=1\n' >t-hand/undo`,
    );
    const said = await warnings(async () => remove(await create("PolicyRule", rule())));
    assert.match(said, /: an earlier change was undone by its guard: organization\/hand\/made by somebody \(t-hand\)/);
    assert.match(said, /: \/run\/policy-routing\/lock\.7 was no lock that could be read: cleared/);
    assert.deepEqual(await rulesOf(host), []);
  });

  it("a live holder is waited for, by name, and left alone", async () => {
    const leader = await holder(600);
    const listening = listenToStderr();
    const making = create("PolicyRule", rule());
    try {
      await until("the warning", async () => (listening.text().includes("waits for") ? true : undefined), 30_000);
    } finally {
      listening.end();
    }
    assert.equal(listening.text(), `warning: ${host.address}: waits for organization/hand/made by somebody\n`);
    assert.deepEqual(await rulesOf(host), []);
    assert.notEqual(await group(leader), "");
    await host.exec(": >/run/policy-routing/lock.7");
    await remove(await making);
    await host.exec(`kill -KILL -${leader}`);
  });

  it("two controllers at the same moment both succeed", async () => {
    const one = controller(rule({ priority: 1000 }));
    const two = controller(rule({ priority: 1001, owner: { stack: "organization/other/stack" } }));
    for (const { code, output } of await Promise.all([one.ended, two.ended])) assert.equal(code, 0, output);
    assert.equal((await rulesOf(host)).length, 2);
    await host.batch(["rule del pref 1000", "rule del pref 1001"]);
  });

  it("two controllers at the same moment want one key: one succeeds, the other is told whose it is", async () => {
    const one = controller(rule());
    const two = controller(rule({ owner: { stack: "organization/other/stack" } }));
    const ends = await Promise.all([one.ended, two.ended]);
    assert.deepEqual(ends.map(({ code }) => code).sort(), [0, 1]);
    assert.match(ends.find(({ code }) => code === 1)?.output ?? "", /belongs to .* of stack organization\//);
    assert.equal((await rulesOf(host)).length, 1);
    await host.batch(["rule del pref 1000"]);
  });

  /** An `ip` whose changes stay under way until they are let go. */
  const slowBatch = async (): Promise<() => Promise<void>> => {
    const mend = await host.replaceBinary(
      "/usr/sbin/ip",
      `#!/bin/sh
case "$*" in *-force*|*-j*) exec ip.real "$@" ;; *-batch*) ;; *) exec ip.real "$@" ;; esac
[ ! -e /tmp/slow ] || { rm /tmp/slow; ip.real "$@"; touch /tmp/batched; exec sleep 600; }
exec ip.real "$@"
`,
    );
    await host.exec("rm -f /tmp/batched; touch /tmp/slow");
    return mend;
  };
  const half = (): Promise<true> =>
    until("a change to be half done", async () => ((await host.result("[ -e /tmp/batched ]")).code === 0 ? true : undefined), 30_000);

  for (const signal of ["SIGKILL", "SIGSTOP"] as const)
    it(`a controller that gets ${signal} in mid-change: its guard undoes it, and the next one carries on and tells`, async () => {
      const mend = await slowBatch();
      const { child } = controller(rule({ priority: 1001, guard: { confirmTimeout: 2 } }));
      await half();
      child.kill(signal);
      let priorities: unknown[] = [];
      const said = await warnings(async () => {
        const made = await create("PolicyRule", rule());
        priorities = (await host.ip("rule show")).map(({ priority }) => priority);
        await remove(made);
      });
      await mend();
      assert.deepEqual(priorities, [0, 1000, 32766, 32767]);
      assert.ok(said.includes(`${host.address}: an earlier change was undone by its guard: ${stack} by `), said);
      assert.equal(await host.exec("pgrep -f 'sleep 6[0]0' || true"), "");
    });
});
