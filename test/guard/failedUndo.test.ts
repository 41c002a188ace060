import { strict as assert } from "node:assert";
import { type ChildProcess, spawn } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { closeHosts, hostOf } from "../../provider/src/host/host";
import { nothingMore } from "../../provider/src/kernel/observed/look";
import { InitializationFailed } from "../../provider/src/runtime/initializationFailed";
import { create, type Fields, read, refusal, remove, update, warnings } from "../host/resource";
import { type Host, type Lab, startLab } from "../lab/lab";
import { until } from "../lab/until";
import { auditOf, guard, run, visit } from "./fixture";

/** Refuses what an undo asks of it while /tmp/refuse is there, and notes when it was asked; does not return from a change while /tmp/hold is there. */
const ip = `#!/bin/sh
case "$*" in
  '-4 -force -batch -')
    read -r now _ </proc/uptime
    echo "$now" >>/tmp/asked
    [ ! -e /tmp/refuse ] || { cat >/dev/null; echo 'RTNETLINK answers: Operation not permitted'; echo 'Command failed -:1'; exit 1; } >&2
    ;;
  '-4 -batch -')
    if [ -e /tmp/hold ]; then
      ip.real "$@"
      mv /tmp/hold /tmp/held
      sleep 60
    fi
    ;;
esac
exec ip.real "$@"
`;
const cameBack = /ip -4 rule del pref 1000 proto 215: RTNETLINK answers: Operation not permitted/;

describe("an undo that fails", function () {
  this.timeout(60_000);

  let lab: Lab;
  let host: Host;
  let bare: string;
  const children: ChildProcess[] = [];
  before(async () => {
    lab = await startLab({ name: "test-guard-failed" });
    host = lab.hosts[0];
    await host.replaceBinary("/usr/sbin/ip", ip);
    bare = await host.snapshot();
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    closeHosts();
    await host.exec(`rm -f /tmp/refuse /tmp/asked /tmp/hold /tmp/held; ip rule flush proto 214; ip rule flush proto 215; rm -rf ${run}`);
  });
  after(() => lab.stop());

  const file = async (path: string): Promise<string> => readFile(await host.file(path), "utf8").catch(() => "");
  const refuse = async (): Promise<void> => writeFile(await host.file("/tmp/refuse"), "");
  const allow = async (): Promise<void> => rm(await host.file("/tmp/refuse"));
  const attempts = async (): Promise<number[]> =>
    (await file("/tmp/asked"))
      .split("\n")
      .filter((line) => line !== "")
      .map(Number);
  const result = async (): Promise<string> => (await host.result(`cat ${run}/t-*/result`)).stdout;
  const rule = (fields: Fields = {}): Fields => ({
    connection: host.connection,
    priority: 1000,
    from: "198.18.128.2",
    table: 100,
    guard,
    ...fields,
  });
  const cut = (): Fields =>
    rule({
      from: undefined,
      table: undefined,
      to: "198.19.0.0/16",
      action: "blackhole",
      guard: { ...guard, allowManagementPathChange: true },
    });
  const failing = { ...guard, confirmTimeout: 30, probes: [{ route: "192.0.2.1", dev: "nowhere", expect: true }] };

  it("is tried again by its guard, with growing pauses, until the host is as before", async () => {
    await refuse();
    const lines = (await auditOf(host)).length;
    const error = refusal(create("PolicyRule", cut()));
    const asked = await until("four attempts", async () => ((await attempts()).length >= 4 ? await attempts() : undefined), 30_000);
    const pauses = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
    assert.ok(
      pauses.every((pause, index) => pause > 2 ** index - 1 && pause < 2 ** index + 2),
      `pauses of ${pauses.join(", ")} s`,
    );
    assert.match(await result(), /^firing at [0-9]+\nfailed\n/);
    assert.match(await result(), cameBack);
    await allow();
    assert.match((await error).message, /: reverted \(verified\): /);
    assert.equal(await host.snapshot(), bare);
    assert.match(await result(), /^fired at [0-9]+\n$/);
    const audit = (await auditOf(host)).slice(lines);
    assert.equal(audit.length, 2);
    assert.match(
      audit[0] ?? "",
      /: undo FAILED, and is tried again: ip -4 rule del pref 1000 proto 215: RTNETLINK answers: Operation not permitted$/,
    );
    assert.match(audit[1] ?? "", /: undone$/);
  });

  it("is ended by the controller that reaches the host, told as differing, and repaired by the next change", async () => {
    const made = await create("PolicyRule", rule());
    await refuse();
    const error = await refusal(update(made, { table: 101, guard: failing }));
    assert.match(
      error.message,
      /: reverted, but differs: rule inet 1000: was .* table 100 .*, is .* table 101 .*, its undo failed: .*\n {2}came back: its undo: ip -4 rule del pref 1000 proto 215: /,
    );
    assert.match(await result(), /^retracted at [0-9]+\nfailed\n/);
    assert.match(await result(), cameBack);
    assert.match((await auditOf(host)).at(-1) ?? "", /: undo FAILED: ip -4 rule del pref 1000 proto 215: /);
    await allow();
    await remove(await update(made, { table: 102 }));
    assert.equal(await host.snapshot(), bare);
  });

  it("leaves what it could not take away to its owner, who removes it after a refresh that finds nothing to do", async () => {
    await refuse();
    const error = await refusal(create("PolicyRule", rule({ guard: failing })));
    assert.ok(error instanceof InitializationFailed, String(error));
    await allow();
    const kept = { kind: "PolicyRule", id: error.id, fields: rule(), state: error.properties };
    assert.equal((await read(kept))?.["priority"], 1000);
    closeHosts();
    await remove(kept);
    assert.equal(await host.snapshot(), bare);
  });

  it("leaves to its owner what stayed of a change that the kernel refused", async () => {
    await refuse();
    const fields: Fields = {
      connection: host.connection,
      guard,
      routes: {
        made: { destination: "198.18.128.0/18", dev: "eth1", table: 100 },
        refused: { destination: "192.0.2.0/24", via: "203.0.113.254", dev: "eth1", table: 100 },
      },
    };
    const error = await refusal(create("HostRouting", fields));
    assert.ok(error instanceof InitializationFailed, String(error));
    assert.match(
      error.message,
      /: the kernel refused it; reverted, but differs: .*, its undo failed\n {4}of route inet table 100 192\.0\.2\.0\/24; its undo: ip -4 .* && ip -4 route del 192\.0\.2\.0\/24 .*\n {2}ran: ip -4 route add 192\.0\.2\.0\/24 /,
    );
    assert.match(error.message, /came back: .*invalid gateway.*ip -4 .*Operation not permitted/s);
    await allow();
    await remove({ kind: "HostRouting", id: error.id, fields, state: error.properties });
    assert.equal(await host.snapshot(), bare);
  });

  /** A controller that is killed behind its change, while its undo will be refused. */
  async function leaveBehind(fields: Fields): Promise<void> {
    await refuse();
    await writeFile(await host.file("/tmp/hold"), "");
    const child = spawn(
      process.execPath,
      ["--require", "tsx/cjs", join(__dirname, "../host/controller.ts"), "PolicyRule", JSON.stringify(fields)],
      { stdio: "ignore", cwd: join(__dirname, "../..") },
    );
    children.push(child);
    await until("the change", async () => ((await host.result("[ -e /tmp/held ]")).code === 0 ? true : undefined), 30_000);
    child.kill("SIGKILL");
  }

  it("goes on although somebody else comes, by a way that the change did not cut", async () => {
    await leaveBehind(cut());
    const said = warnings(() => hostOf({ ...host.connection, host: host.address6 }).look(nothingMore));
    await until("three attempts", async () => ((await attempts()).length >= 3 ? true : undefined), 30_000);
    await allow();
    assert.match(await said, /: waits for /);
    assert.match(await said, /: an earlier change was undone by its guard: /);
    assert.equal(await host.snapshot(), bare);
  });

  it("is ended a minute later by the next controller, which tells what came back and carries on", async function () {
    this.timeout(180_000);
    await leaveBehind(rule());
    const said = await warnings(() => visit(host));
    assert.match(
      said,
      /: the undo of an earlier change failed \(ip -4 rule del pref 1000 proto 215: RTNETLINK answers: Operation not permitted/,
    );
    await allow();
    const made = await create("PolicyRule", rule());
    assert.notEqual(await read(made), undefined);
    await remove(made);
    assert.equal(await host.snapshot(), bare);
  });

  it("counts for files too: a table's name that cannot be taken back", async () => {
    await writeFile(await host.file("/tmp/hold"), "");
    const changing = refusal(
      create("HostRouting", {
        connection: host.connection,
        tables: { rt2: { tableId: 100, name: "rt2" } },
        rules: { out: { priority: 1000, from: "198.18.128.2", table: 100 } },
        guard: failing,
      }),
    );
    await until("the change", async () => ((await host.result("[ -e /tmp/held ]")).code === 0 ? true : undefined), 30_000);
    await host.makeReadOnly("/etc");
    await host.exec("pkill -f '^sleep 60$'");
    const error = await changing;
    await host.makeWritable("/etc");
    assert.match(error.message, /: reverted, but differs: table 100: /);
    assert.match(await result(), /\nfailed\nrm: .*policy-routing-100\.conf.*: Read-only file system\n/);
    await host.exec("rm /etc/iproute2/rt_tables.d/policy-routing-100.conf");
  });
});
