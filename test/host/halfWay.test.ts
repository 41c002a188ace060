import { strict as assert } from "node:assert";
import { after, afterEach, before, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { InitializationFailed } from "../../provider/src/runtime/initializationFailed";
import { type Host, type Lab, startLab } from "../lab/lab";
import { create, type Fields, type Made, read, refusal, remove, stateOf, update } from "./resource";

/** Refuses what an undo asks of it. */
const jammed = `#!/bin/sh
case "$*" in
  '-4 -force -batch -') cat >/dev/null; echo 'RTNETLINK answers: Operation not permitted' >&2; echo 'Command failed -:1' >&2; exit 1 ;;
esac
exec ip.real "$@"
`;
const failing = { confirmTimeout: 30, probes: [{ route: "192.0.2.1", dev: "nowhere", expect: true }] };

describe("what a change left half-way", () => {
  let lab: Lab;
  let host: Host;
  let other: Host;
  let clean: readonly string[];
  const snapshots = (): Promise<string[]> => Promise.all(lab.hosts.map((one) => one.snapshot()));
  before(async () => {
    lab = await startLab({ name: "test-host-half", hosts: 2 });
    [host, other = host] = lab.hosts;
    clean = await snapshots();
  });
  afterEach(async () => {
    closeHosts();
    assert.deepEqual(await snapshots(), clean);
  });
  after(async () => {
    closeHosts();
    await lab.stop();
  });

  const rule = (fields: Fields = {}): Promise<Made> =>
    create("PolicyRule", { connection: host.connection, priority: 1000, from: "198.18.128.2", table: 100, ...fields });
  /** As the engine keeps what was told as different. */
  const kept = async (made: Made, action: Promise<unknown>): Promise<Made> => {
    const error = await refusal(action);
    assert.ok(error instanceof InitializationFailed, String(error));
    return { ...made, state: error.properties };
  };
  /** What a refresh finds, and the state that it leaves. */
  const refreshed = async (made: Made): Promise<Made> => {
    closeHosts();
    const found = await read(made);
    assert.notEqual(found, undefined, "it is read as gone");
    return { ...made, state: { ...made.state, ...found } };
  };

  it("an update to another priority that was undone: a refresh finds it where it stands, and the next one moves it", async () => {
    const made = await rule();
    await host.batch(["rule add pref 1000 from 198.51.100.1 table 150"]);
    // Undone, it stands behind the foreign rule: that is a difference.
    const half = await kept(made, update(made, { priority: 1003, guard: failing }));
    const found = await refreshed(half);
    assert.equal(found.state["priority"], 1000);
    const moved = await update(found, { priority: 1003 });
    assert.deepEqual(
      (await host.ip("rule show")).filter(({ protocol }) => protocol === "214").map(({ priority }) => priority),
      [1003],
    );
    await remove(moved);
    await host.batch(["rule del pref 1000 from 198.51.100.1 table 150"]);
  });

  for (const refreshes of [true, false])
    it(`a name of a table that is not declared any more goes by the next change${refreshes ? ", and a refresh shows it" : ""}`, async () => {
      const rules = (table: number) => ({ rules: { one: { priority: 1000, from: "198.18.128.2", table } } });
      const whole = { connection: host.connection, ...rules(100) };
      const made = await create("HostRouting", { ...whole, tables: { isp: { tableId: 100, name: "isp" } } });
      const restore = await host.replaceBinary("/usr/sbin/ip", jammed);
      const half = await kept(made, update(made, { ...rules(101), tables: undefined, guard: failing }));
      await restore();
      const next = refreshes ? await refreshed(half) : half;
      if (refreshes) assert.deepEqual(Object.values(Object(next.state["tables"])), [{ tableId: 100, name: "isp" }]);
      closeHosts();
      await remove(await update({ ...next, fields: whole }, rules(101)));
    });

  it("the same of a whole host: what is its own and not declared is drift, and goes", async () => {
    const whole = { connection: host.connection, rules: { one: { priority: 1000, from: "198.18.128.2", table: 100 } } };
    const made = await create("HostRouting", whole);
    await host.batch(["rule add pref 1000 from 198.51.100.1 table 150"]);
    const moved = { rules: { one: { priority: 1003, from: "198.18.128.2", table: 100 } } };
    const half = await kept(made, update(made, { ...moved, guard: failing }));
    const found = await refreshed(half);
    assert.deepEqual(Object.keys(Object(stateOf(found)["rules"])), ["stray rule inet 1000"]);
    await remove(await update(found, moved));
    await host.batch(["rule del pref 1000 from 198.51.100.1 table 150"]);
  });

  it("a move to another machine, whose undo failed there: what stands here is not forgotten", async () => {
    const made = await rule();
    const restore = await other.replaceBinary("/usr/sbin/ip", jammed);
    const half = await kept(made, update(made, { connection: other.connection, guard: failing }));
    await restore();
    const found = await refreshed(half);
    assert.deepEqual([found.state["priority"], Object(found.state["connection"])["host"]], [1000, host.address]);
    await remove(await update(found, { connection: other.connection }));
  });

  it("a whole host without a setting of a device any more, whose undo failed: the next change puts back what the setting was", async () => {
    const setting = async (): Promise<string> => (await host.exec("cat /proc/sys/net/ipv4/conf/eth1/arp_ignore")).trim();
    const was = await setting();
    const rules = (priority: number) => ({ rules: { one: { priority, from: "198.18.128.2", table: 100 } } });
    const whole = { connection: host.connection, ...rules(1000) };
    const made = await create("HostRouting", { ...whole, arpIgnore: { eth1: "sameDevice" } });
    assert.notEqual(await setting(), was);
    const restore = await host.replaceBinary("/usr/sbin/ip", jammed);
    const less = { ...made, fields: whole };
    const half = await kept(made, update(made, { ...rules(1003), arpIgnore: undefined, guard: failing }));
    await restore();
    const mended = await update({ ...(await refreshed(half)), fields: less.fields }, rules(1003));
    assert.equal(await setting(), was);
    await remove(mended);
  });

  it("a changed owner whose undo failed: what is persisted has the old tag, which a refresh shows and the next change mends", async () => {
    const owned = (proto?: number) => ({ owner: { stack: "organization/a/a", ...(proto === undefined ? {} : { proto }) } });
    const made = await rule({ ...owned(), persist: "rc-local" });
    const restore = await host.replaceBinary("/usr/sbin/ip", jammed);
    const half = await kept(made, update(made, { ...owned(220), guard: failing }));
    await restore();
    const stored = async (): Promise<string> => (await host.exec("ls /etc/policy-routing/objects")).trim();
    assert.equal(await stored(), "40-rule-inet-1000");
    for (const state of [made, half]) {
      const found = await refreshed(state);
      assert.deepEqual([found.state["owner"], found.state["persist"]], [owned(220).owner, "none"]);
    }
    const mended = await update(await refreshed(half), owned(220));
    assert.deepEqual([mended.state["persisted"], await stored()], ["rc-local", "40-rule-inet-1000-proto-220"]);
    assert.equal((await refreshed(mended)).state["persist"], "rc-local");
    await remove(mended);
  });

  it("the same, and what is persisted was put back beside it: the next change leaves one of them", async () => {
    const owned = (proto?: number) => ({ owner: { stack: "organization/a/a", ...(proto === undefined ? {} : { proto }) } });
    const made = await rule({ ...owned(), persist: "rc-local" });
    const restore = await host.replaceBinary("/usr/sbin/ip", jammed);
    const half = await kept(made, update(made, { ...owned(220), guard: failing }));
    await restore();
    await host.exec("sh /etc/policy-routing/replay");
    const tags = async () => (await host.ip("rule show")).map(({ protocol }) => protocol).filter((one) => one === "214" || one === "220");
    assert.deepEqual((await tags()).toSorted(), ["214", "220"]);
    const mended = await update(await refreshed(half), owned(220));
    assert.deepEqual(await tags(), ["220"]);
    await remove(mended);
  });

  it("a removal that could not remove it from the disk: a refresh does not forget it, and it is removed once that can be", async () => {
    const made = await rule({ persist: "rc-local" });
    await host.makeReadOnly("/etc");
    assert.match((await refusal(remove(made))).message, /gone until the next boot only: /);
    await host.makeWritable("/etc");
    const found = await refreshed(made);
    assert.equal(found.state["persist"], "none");
    await remove(found);
  });

  it("the same of a whole host: a refresh tells what a boot would bring back, and no name of a table, which none would", async () => {
    const one = { priority: 1000, from: "198.18.128.2", table: 100 };
    const sections = { tables: { isp: { tableId: 100, name: "isp" } }, rules: { one } };
    const made = await create("HostRouting", { connection: host.connection, persist: "rc-local", ...sections });
    await host.makeReadOnly("/etc/policy-routing/objects");
    assert.match((await refusal(remove(made))).message, /gone until the next boot only: /);
    await host.makeWritable("/etc/policy-routing/objects");
    closeHosts();
    const found = (await read(made)) ?? assert.fail("it is read as gone");
    assert.equal(found["tables"], undefined);
    assert.deepEqual(found["rules"], stateOf(made)["rules"]);
    await remove({ ...made, state: found });
  });

  it("a change whose name of a table could not go, nor come back: all else of it was undone, and is in nobody's name", async () => {
    const one = { priority: 1000, from: "198.18.128.2", table: 100 };
    const sections = { tables: { isp: { tableId: 100, name: "isp" } }, rules: { one } };
    const made = await create("HostRouting", { connection: host.connection, persist: "none", ...sections });
    const register = await host.exec("cat /run/policy-routing/register");
    await host.makeReadOnly("/etc");
    const { message } = await refusal(update(made, { tables: {}, rules: { one, two: { ...one, priority: 1001 } } }));
    await host.makeWritable("/etc");
    assert.match(message, /reverted \(verified\).*its undo: .*Read-only file system/s);
    assert.equal(await host.exec("cat /run/policy-routing/register"), register);
    await remove(made);
  });

  it("the same, wanted again after all: it is made, and persisted", async () => {
    const made = await rule({ persist: "rc-local" });
    await host.makeReadOnly("/etc");
    await refusal(remove(made));
    await host.makeWritable("/etc");
    const again = await update(await refreshed(made), {});
    assert.equal(again.state["persisted"], "rc-local");
    assert.equal((await read(again))?.["priority"], 1000);
    await remove(again);
  });
});
