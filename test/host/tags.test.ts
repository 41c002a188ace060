import { strict as assert } from "node:assert";
import { afterEach, before, beforeEach, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { handlers } from "../../provider/src/runtime/index";
import type { Host } from "../lab/lab";
import { cleanHost } from "./cleanHost";
import { bringLeft } from "./left";
import { gaps, routesOf, rulesOf, watch } from "./monitor";
import { checked, create, type Fields, type Made, read, refusal, remove, update } from "./resource";

const owner = (stack: string, proto?: number): Fields => ({
  owner: { stack: `organization/test/${stack}`, ...(proto === undefined ? {} : { proto }) },
});

describe("stacks with tags of their own on one host", () => {
  let host: Host;
  let made: Made[] = [];
  beforeEach(() => {
    made = [];
  });
  afterEach(async () => {
    for (const one of made.toReversed()) await remove(one);
    assert.equal(await register(), "");
  });
  const at = cleanHost("test-host-tags");
  before(() => {
    host = at.host;
  });

  /** What counts in the register: key and id. */
  const register = async (): Promise<string> => {
    const last = new Map<string, string>();
    for (const line of (await host.exec("cat /run/policy-routing/register 2>/dev/null || :")).split("\n")) {
      const [key = "", id] = line.split("\t");
      if (id === undefined) last.delete(key);
      else last.set(key, id);
    }
    return [...last].map(([key, id]) => `${key} ${id}`).join("\n");
  };
  const files = async (): Promise<string[]> =>
    (await host.exec("ls /etc/policy-routing/objects 2>/dev/null || :")).split("\n").filter((name) => name !== "");
  const make = async (kind: string, fields: Fields): Promise<Made> => {
    const one = await create(kind, { connection: host.connection, persist: "rc-local", ...fields });
    made.push(one);
    return one;
  };
  const become = (old: Made, now: Made): Made => {
    made = made.map((one) => (one === old ? now : one));
    return now;
  };
  const rule = (fields: Fields): Promise<Made> => make("PolicyRule", { priority: 1000, from: "198.18.128.2", table: 100, ...fields });
  const change = async (one: Made, fields: Fields): Promise<Made> => become(one, await update(one, fields));
  const replay = async (): Promise<void> => {
    closeHosts();
    await host.reboot();
    assert.deepEqual((await host.result("sh /etc/policy-routing/replay")).code, 0);
  };

  it("two at one priority: each reads, changes, persists and removes its own", async () => {
    const a = await rule({ ...owner("a") });
    const b = await rule({ ...owner("b", 220), table: 101, from: "198.18.128.3" });
    assert.equal(await register(), `rule inet 1000 ${a.id}\nrule inet 1000 proto 220 ${b.id}`);
    assert.deepEqual(await files(), ["40-rule-inet-1000", "40-rule-inet-1000-proto-220"]);
    for (const one of [a, b]) assert.deepEqual(await read(one), await checked(one.kind, one.fields));
    const all = await host.snapshot();
    await replay();
    assert.equal((await rulesOf(host)).length, 2);
    assert.equal(await host.snapshot(), all);
    const changed = await change(b, { table: 102 });
    assert.deepEqual(await rulesOf(host), ["1000: from 198.18.128.2 lookup 100 proto 214", "1000: from 198.18.128.3 lookup 102 proto 220"]);
    await remove(a);
    made = [changed];
    assert.deepEqual(await rulesOf(host), ["1000: from 198.18.128.3 lookup 102 proto 220"]);
    assert.deepEqual(await files(), ["40-rule-inet-1000-proto-220"]);
    assert.equal((await read(changed))?.["table"], 102);
  });

  it("an exclusive one leaves alone what another tag made, also that of an older version with the next number", async () => {
    const left = await bringLeft(host, "odd");
    made = left;
    const b = await rule({ ...owner("b", 220), priority: 1500 });
    const before = await rulesOf(host);
    const whole = await make("HostRouting", {
      ...owner("a"),
      exclusive: true,
      rules: { one: { priority: 1000, from: "198.18.128.4", table: 100 } },
    });
    assert.deepEqual(await rulesOf(host), ["1000: from 198.18.128.4 lookup 100 proto 214", ...before]);
    assert.deepEqual(await read(whole), await checked(whole.kind, whole.fields));
    assert.deepEqual(await read(b), await checked(b.kind, b.fields));
    for (const one of left) assert.notDeepEqual(await read(one), undefined, one.id);
  });

  it("what an older version made under our staging tag is not taken for a leftover, and no rule is exchanged beside it", async () => {
    const left = await bringLeft(host, "odd");
    made = left;
    const [old] = left;
    const a = await rule({ ...owner("a"), priority: 1020, from: "198.18.128.4" });
    const both = ["1020: from 198.18.128.2 lookup 120 proto 215", "1020: from 198.18.128.4 lookup 100 proto 214"];
    assert.deepEqual((await rulesOf(host)).slice(0, 2), both);
    const before = await register();
    assert.match(
      (await refusal(update(a, { table: 101 }))).message,
      /rule inet 1020: a rule of .*#LDQiKpZv of stack organization\/test\/odd stands there under proto 215/,
    );
    assert.deepEqual([(await rulesOf(host)).slice(0, 2), await register()], [both, before]);
    assert.ok(old !== undefined);
    assert.equal((await read(old))?.["table"], 120);
  });

  it("a changed owner takes over its own rules, routes, next hops, names and settings without a gap, in kernel, register and store", async () => {
    const whole = await make("HostRouting", {
      ...owner("a"),
      tables: { t: { tableId: 100, name: "rt100" } },
      nexthops: { n: { nhid: 70, via: "198.18.128.1", dev: "eth1" } },
      routes: {
        link: { destination: "203.0.113.0/24", dev: "eth1", table: 100 },
        gate: { family: "inet", destination: "default", nhid: 70, table: 100 },
      },
      rules: { one: { priority: 1000, from: "198.18.128.2", table: 100 }, two: { priority: 1001, from: "198.18.128.3", table: 100 } },
      arpIgnore: { eth1: "sameDevice" },
    });
    const names = await files();
    const stood = await rulesOf(host);
    const seen = await watch(host);
    const changed = await change(whole, { ...owner("a", 220) });
    const events = await seen.end();
    assert.deepEqual(
      gaps(
        stood,
        events.filter((event) => /^(Deleted )?\d+:/.test(event)),
        ["from 198.18.128.2", "from 198.18.128.3"],
      ),
      [],
    );
    assert.deepEqual(
      await rulesOf(host),
      stood.map((one) => one.replace("proto 214", "proto 220")),
    );
    assert.deepEqual(
      (await routesOf(host, 100)).map((route) => / proto (\d+)/.exec(route)?.[1]),
      ["220", "220"],
    );
    assert.match(await host.exec("ip -N nexthop show id 70"), / proto 220/);
    assert.deepEqual(
      await files(),
      names.map((name) => (name.includes("sysctl") ? name : `${name}-proto-220`)),
    );
    assert.deepEqual(await read(changed), await checked(changed.kind, changed.fields));
    const all = await host.snapshot();
    await replay();
    assert.equal(await host.snapshot(), all);
  });

  it("a changed owner that took effect though nobody was told: a refresh by the old state finds its own, the next change settles it, and so does a removal", async () => {
    const fields = {
      ...owner("a"),
      routes: { gate: { destination: "default", via: "198.18.128.1", dev: "eth1", table: 100 } },
      rules: { one: { priority: 1000, from: "198.18.128.2", table: 100 } },
      nexthops: { n: { nhid: 70, via: "198.18.128.1", dev: "eth1" } },
    };
    const old = await make("HostRouting", fields);
    const now = await update(old, owner("a", 220));
    closeHosts();
    assert.deepEqual((await read(old))?.["rules"], (await checked(old.kind, old.fields))["rules"]);
    assert.deepEqual((await read(old))?.["owner"], now.state["owner"]);
    assert.equal(Object.keys((await read(old)) ?? {}).includes("routes"), true);
    const again = await update(old, owner("a", 220));
    assert.deepEqual(again.state, { ...now.state, appliedAt: again.state["appliedAt"] });
    assert.deepEqual(await rulesOf(host), ["1000: from 198.18.128.2 lookup 100 proto 220"]);
    // `afterEach` removes by the old state, and looks.
  });

  it("a changed owner that cannot be kept leaves everything under the old one", async () => {
    const one = await rule({ ...owner("a") });
    const before = [await host.snapshot(), await register()];
    const probe = { guard: { probes: [{ tcp: "198.51.100.1:9", expect: true }] } };
    assert.match((await refusal(update(one, { ...owner("a", 220), ...probe }))).message, /reverted \(verified\)/);
    assert.deepEqual([await host.snapshot(), await register()], before);
  });

  it("what an older version left under three tags is read, changed, moved on to its own key and file, and removed", async () => {
    const left = await bringLeft(host, "default", "even", "odd");
    made = left;
    const [lines, names] = [await register(), await files()];
    for (const one of left) assert.deepEqual(await read(one), await checkedAsLeft(one), one.id);
    assert.deepEqual([await register(), await files()], [lines, names]);
    // Each is changed under the tag that it has; an odd one can only be taken over by an even one.
    for (const one of left) await change(one, { persist: "none" }).catch((error: unknown) => assert.match(String(error), /even number/));
    assert.match(await register(), /^rule inet 1010 proto 220 .*#OI_pQZfv$/m);
    assert.match(await register(), /^rule inet 1020 .*#LDQiKpZv$/m);
    assert.doesNotMatch(await register(), /^(rule inet 101\d|nexthop 71) (?!proto)/m);
    for (const one of made) {
      const { owner: now } = one.fields;
      const isOdd = JSON.stringify(now).includes("215");
      await change(one, { persist: "rc-local", ...(isOdd ? owner("odd", 222) : {}) });
    }
    assert.deepEqual(
      (await rulesOf(host)).map((one) => / proto (\d+)/.exec(one)?.[1]),
      ["214", "214", "220", "220", "222", "222"],
    );
    assert.equal((await files()).filter((name) => /-proto-(220|222)$/.test(name)).length, 10);
    assert.equal((await files()).length, names.length);
    const all = await host.snapshot();
    await replay();
    assert.equal(await host.snapshot(), all);
  });

  it("what an older version left is removed as it is, by any of the three", async () => {
    made = await bringLeft(host, "default", "even", "odd");
  });

  it("what an older version left is put back by the new script under its own tag, though another stack took its place in the register", async () => {
    made = await bringLeft(host, "even");
    const a = await rule({ ...owner("a"), priority: 1010, from: "198.18.128.4" });
    assert.match(await register(), /^rule inet 1010 .*#(?!OI_pQZfv)/m);
    assert.match(await register(), /^rule inet 1010 proto \? .*#OI_pQZfv$/m);
    assert.deepEqual(
      (await files()).filter((name) => name.includes("1010")),
      ["40-rule-inet-1010", "40-rule-inet-1010-proto-220"],
    );
    const before = (await rulesOf(host)).toSorted();
    await replay();
    assert.deepEqual((await rulesOf(host)).toSorted(), before);
    assert.deepEqual(await read(a), await checked(a.kind, a.fields));
  });

  it("where the register was lost, all stays, and the next change takes over its own; an exclusive stack takes away what is in nobody's name, of its tag only", async () => {
    const a = await rule({ ...owner("a") });
    const b = await rule({ ...owner("b"), priority: 1001 });
    const c = await rule({ ...owner("c", 220), priority: 1002 });
    await host.exec("rm -r /run/policy-routing");
    await change(a, { table: 101 });
    const from = "from 198.18.128.2 lookup";
    const others = [`1000: ${from} 101 proto 214`, `1001: ${from} 100 proto 214`, `1002: ${from} 100 proto 220`];
    assert.deepEqual(await rulesOf(host), others);
    for (const one of [b, c]) assert.deepEqual(await read(one), await checked(one.kind, one.fields));
    await make("HostRouting", { ...owner("d"), exclusive: true, rules: { one: { priority: 1003, from: "198.18.128.3", table: 100 } } });
    assert.deepEqual(await rulesOf(host), [
      ...others.filter((one) => !one.startsWith("1001")),
      "1003: from 198.18.128.3 lookup 100 proto 214",
    ]);
    assert.equal(await read(b), undefined);
    await change(b, { table: 102 });
    await change(c, { table: 103 });
    assert.deepEqual((await rulesOf(host)).slice(1, 3), [`1001: ${from} 102 proto 214`, `1002: ${from} 103 proto 220`]);
    // What is persisted gets its name back from the script.
    const named = async (): Promise<string[]> => (await register()).split("\n").sort();
    const before = await named();
    await host.exec("rm -r /run/policy-routing; sh /etc/policy-routing/replay");
    assert.deepEqual(await named(), before);
  });

  it("a new tag is even and nobody else's: the check says so, and no value", async () => {
    const failures = async (proto: number): Promise<string[]> => {
      const { failures: found } = await handlers("PolicyRule").check(
        {},
        { connection: { host: "h" }, priority: 1000, family: "inet", table: 7, ...owner("a", proto) },
      );
      return found.map(({ reason }) => reason);
    };
    for (const proto of [215, 221, 190, 253])
      assert.match(
        (await failures(proto)).join("\n"),
        /^owner\.proto: expected an even number from 6 to 252, but 186 to 198: .*policy-routing:owner/,
      );
    for (const proto of [6, 184, 200, 220, 252]) assert.deepEqual(await failures(proto), []);
  });
});

/** The inputs of what was left, whose tag a check of today may refuse. */
async function checkedAsLeft({ kind, fields }: Made): Promise<Fields> {
  const { inputs } = await handlers(kind).check({}, fields);
  return inputs;
}
