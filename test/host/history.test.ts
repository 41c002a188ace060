import { strict as assert } from "node:assert";
import { after, afterEach, before, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { parseRevision } from "../../provider/src/kernel/history/text";
import { type Host, type Lab, startLab } from "../lab/lab";
import { until } from "../lab/until";
import { create, type Fields, remove, update, warnings } from "./resource";

const folder = "/var/lib/policy-routing/history";

describe("the history of a host", function () {
  this.timeout(120_000);
  let lab: Lab;
  let host: Host;
  before(async () => {
    lab = await startLab({ name: "test-host-history" });
    host = lab.hosts[0];
  });
  afterEach(async () => {
    closeHosts();
    for (const name of ["RUN", "REASON", "COMMIT", "HISTORY"]) delete process.env[`POLICY_ROUTING_${name}`];
    await host.exec("rm -rf /var/lib/policy-routing /run/policy-routing");
  });
  after(() => lab.stop());

  const rule = (fields: Fields = {}): Fields => ({
    connection: host.connection,
    priority: 1000,
    from: "198.51.100.1",
    table: 100,
    ...fields,
  });
  const names = async (): Promise<string[]> => (await host.exec(`ls ${folder} 2>/dev/null | sort -n || :`)).split("\n").filter(Boolean);
  const revision = async (name: string) => {
    const text = await host.exec(`cat ${folder}/${name}`);
    const lines = text.trimEnd().split("\n");
    assert.equal(lines.pop(), "kept");
    const found = parseRevision(lines);
    assert.ok(found, text);
    return found;
  };

  it("has one revision of each confirmed transaction: whose, of which run, why, and each key before and after", async () => {
    Object.assign(process.env, { POLICY_ROUTING_RUN: "ci-4711", POLICY_ROUTING_REASON: 'CHG-17: it\'s "é"', POLICY_ROUTING_COMMIT: "abc" });
    const made = await create("PolicyRule", rule());
    const moved = await update(made, { priority: 1010 });
    assert.deepEqual(await names(), ["1-ci-4711", "2-ci-4711"]);
    assert.equal(await host.exec(`stat -c %a ${folder} ${folder}/1-ci-4711`), "700\n600\n");
    assert.match(await host.exec(`cat ${folder}/1-ci-4711`), /^[\x20-\x7e\n]*$/);
    const [first, second] = [await revision("1-ci-4711"), await revision("2-ci-4711")];
    assert.equal(first.why, 'CHG-17: it\'s "é"');
    assert.equal(first.commit, "abc");
    assert.equal(first.previous, undefined);
    assert.equal(second.previous, first.txn);
    const object = (priority: number) => ({ rule: { family: "inet", priority, from: "198.51.100.1", table: 100 } });
    assert.deepEqual(
      first.deltas?.map(({ key, before, after }) => [key, before, after?.id, after?.object]),
      [["rule inet 1000", undefined, made.id, object(1000)]],
    );
    assert.deepEqual(
      second.deltas?.map(({ key, before, after }) => [key, before?.object, after?.object]),
      [
        ["rule inet 1010", undefined, object(1010)],
        ["rule inet 1000", object(1000), undefined],
      ],
    );
    await remove(moved);
    assert.equal((await names()).length, 3);
  });

  it("has nothing of what was undone, and nothing of an empty plan", async () => {
    const made = await create("PolicyRule", rule());
    const before = await names();
    await update(made, {});
    const route = { connection: host.connection, table: 100, destination: "default", via: "192.0.2.99", dev: "eth1" };
    await assert.rejects(create("PolicyRoute", route), /the kernel refused it/);
    assert.deepEqual(await names(), before);
    await remove(made);
  });

  it("tells a rename: the owner changes, the entry does not", async () => {
    const old = await create("PolicyRule", rule());
    const renamed = await create("PolicyRule", rule());
    const [, last = ""] = await names();
    const found = await revision(last);
    assert.deepEqual(
      found.deltas?.map(({ before, after }) => [before?.id, after?.id]),
      [[old.id, renamed.id]],
    );
    assert.deepEqual(found.deltas?.[0]?.before?.object, found.deltas?.[0]?.after?.object);
    await remove(renamed);
  });

  for (const [what, spoil, mend] of [
    [
      "read-only",
      "mkdir -p /var/lib/policy-routing && mount -t tmpfs -o ro tmpfs /var/lib/policy-routing",
      "umount /var/lib/policy-routing",
    ],
    [
      "full",
      "mkdir -p /var/lib/policy-routing && mount -t tmpfs -o size=8k tmpfs /var/lib/policy-routing && { cat /dev/zero >/var/lib/policy-routing/.full 2>/dev/null || :; }",
      "umount /var/lib/policy-routing",
    ],
    ["absent, and cannot be made", "mv /var/lib /var/lib.away && : >/var/lib", "rm /var/lib && mv /var/lib.away /var/lib"],
  ] as const)
    it(`does not stop a change where its folder is ${what}: that is told, and is a gap`, async () => {
      const made = await create("PolicyRule", rule());
      const [, txn = ""] = /"txn":"([^"]+)"/.exec(await host.exec(`cat ${folder}/*`)) ?? [];
      await host.exec(spoil);
      let next = made;
      const told = await warnings(async () => {
        next = await update(made, { table: 101 });
      });
      await host.exec(mend);
      assert.match(told, /applied, but not in the history on the host: cannot write to \/var\/lib\/policy-routing\/history/);
      assert.match(await host.exec("ip rule"), /lookup 101/);
      await remove(next);
      const [, last = ""] = await names();
      const found = await revision(last);
      assert.equal((await names()).length, 2);
      assert.notEqual(found.previous, txn, "what is missing is seen");
    });

  it("keeps whole runs, the newest ones, and none where none is wanted", async () => {
    process.env["POLICY_ROUTING_HISTORY"] = "2";
    let made = await create("PolicyRule", rule());
    for (const [run, table] of [
      ["a", 101],
      ["a", 102],
      ["b", 103],
      ["c", 104],
      ["c", 105],
    ] as const) {
      process.env["POLICY_ROUTING_RUN"] = run;
      made = await update(made, { table });
    }
    await until("the oldest to go", async () => ((await names()).join(" ") === "4-b 5-c 6-c" ? true : undefined));
    process.env["POLICY_ROUTING_HISTORY"] = "0";
    await remove(made);
    assert.deepEqual(await names(), []);
  });

  it("keeps a revision later, when the rest of its frame was lost behind the confirm, and drops what was never confirmed", async () => {
    process.env["POLICY_ROUTING_RUN"] = "r";
    const made = await create("PolicyRule", rule());
    const lose = (txn: string): string => `sed -i '$d' 1-r && echo "${txn} ${folder}/1-r" >/run/policy-routing/staged`;
    await host.exec(`cd ${folder} && t=$(sed -n 's/.*"txn":"\\([^"]*\\)".*/\\1/p' 1-r) && ${lose("$t")}`);
    const next = await update(made, { table: 101 });
    assert.deepEqual(await names(), ["1-r", "2-r"]);
    await revision("1-r");
    await host.exec(`cd ${folder} && ${lose("t-123")}`);
    await remove(next);
    assert.deepEqual(await names(), ["2-r", "3-r"]);
  });

  it("packs what is large", async () => {
    process.env["POLICY_ROUTING_RUN"] = "r";
    const rules = Object.fromEntries(
      Array.from({ length: 800 }, (_, index) => [`r${index}`, { priority: 1000 + index, from: "198.51.100.1", table: 100 }]),
    );
    const made = await create("HostRouting", { connection: host.connection, rules });
    assert.deepEqual(await names(), ["1-r.gz"]);
    const found = parseRevision((await host.exec(`gzip -dc ${folder}/1-r.gz`)).trimEnd().split("\n").slice(0, -1));
    assert.equal(found?.deltas?.length, 800);
    await remove(made);
  });
});
