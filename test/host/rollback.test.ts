import { strict as assert } from "node:assert";
import { mock } from "node:test";
import { beforeEach, describe, it } from "mocha";
import { allow } from "../../provider/src/host/history/allow";
import type { Request } from "../../provider/src/host/history/rollback";
import { closeHosts } from "../../provider/src/host/host";
import { changed, goingBack, routing } from "./goingBack";
import { checked, create, type Fields, type Made, read, refusal, remove, update, warnings } from "./resource";

describe("a rollback on a host", function () {
  this.timeout(240_000);
  const at = goingBack("test-host-rollback");
  const { inRun, back, newest, history } = at;

  it("gives back a whole host exactly, with what is persisted; and a rollback of that one gives the change again", async () => {
    inRun("good");
    const made = await create("HostRouting", routing(at.host));
    const good = await at.host.snapshot();
    inRun("bad");
    const worse = await update(made, changed);
    const bad = await at.host.snapshot();
    inRun("back");
    const done = await back({ run: "bad" });
    assert.equal(done.outcome, "applied");
    assert.equal(done.persisted, "rc-local");
    assert.equal(await at.host.snapshot(), good);
    assert.equal((await history()).revisions.at(-1)?.back, "of run bad");
    inRun("forth");
    await back({ run: "back" });
    assert.equal(await at.host.snapshot(), bad);
    inRun("back again");
    await back({ to: 1 });
    assert.equal(await at.host.snapshot(), good);
    assert.deepEqual(await read(made), await checked("HostRouting", routing(at.host)));
    await remove(made);
    assert.equal(worse.id, made.id);
  });

  it("gives back over a reboot after each step, and what it gave back comes again behind the next", async () => {
    const reboot = async (): Promise<void> => {
      const before = await at.host.snapshot();
      await at.host.reboot();
      closeHosts();
      await at.host.exec("/bin/sh /etc/policy-routing/replay");
      assert.equal(await at.host.snapshot(), before);
    };
    inRun("good");
    const made = await create("HostRouting", routing(at.host));
    const good = await at.host.snapshot();
    await reboot();
    inRun("bad");
    await update(made, changed);
    const bad = await at.host.snapshot();
    await reboot();
    inRun("back");
    assert.equal((await back({ run: "bad" })).outcome, "applied");
    assert.equal(await at.host.snapshot(), good);
    await reboot();
    assert.deepEqual(await read(made), await checked("HostRouting", routing(at.host)));
    inRun("forth");
    assert.equal((await back({ run: "back", mark: false })).outcome, "applied");
    assert.equal(await at.host.snapshot(), bad);
    await reboot();
    await remove(made);
  });

  it("takes back a destroy, and what it put back is removed by its resource as ever", async () => {
    inRun("good");
    const made = await create("HostRouting", routing(at.host));
    const good = await at.host.snapshot();
    inRun("gone");
    await remove(made);
    await back({ run: "gone" });
    assert.equal(await at.host.snapshot(), good);
    await remove(made);
  });

  it("takes back a swap, a move, a delete and a rename of granular resources by one transaction, in the owners' names", async () => {
    const rule = (priority: number, from: string): Fields => ({ connection: at.host.connection, priority, from, table: 100 });
    inRun("good");
    const a = await create("PolicyRule", rule(1000, "198.51.100.1"));
    const b = await create("PolicyRule", rule(1010, "198.51.100.2"));
    const c = await create("PolicyRule", rule(1020, "198.51.100.3"));
    const d = await create("PolicyRule", rule(1030, "198.51.100.4"));
    const good = await at.host.snapshot();
    const owners = await at.host.exec("cat /run/policy-routing/register");
    inRun("bad");
    await Promise.all([update(a, { priority: 1010 }), update(b, { priority: 1000 })]);
    await remove(c);
    const renamed = await create("PolicyRule", rule(1030, "198.51.100.4"));
    await remove(d);
    const { revisions } = await history();
    const before = revisions.length;
    const done = await back({ run: "bad" });
    assert.equal(done.outcome, "applied");
    const after = (await history()).revisions;
    assert.equal(after.length, before + 1, "one transaction");
    assert.deepEqual(after.at(-1)?.orphans, ["rule inet 1020"]);
    // The present id of what was renamed goes on.
    assert.equal(await at.host.snapshot(), good.replaceAll(d.id, renamed.id));
    for (const { id } of [a, b, c]) assert.match(owners, new RegExp(id));
    for (const one of [a, b, c]) assert.notEqual(await read(one), undefined);
    for (const one of [a, b, c, renamed]) await remove(one);
  });

  it("takes back one stack's changes of two, and the other's stay", async () => {
    const of = (stack: string, priority: number): Fields => ({
      connection: at.host.connection,
      owner: { stack: `organization/${stack}/dev` },
      priority,
      from: "198.51.100.1",
      table: 100,
    });
    inRun("good");
    const one = await create("PolicyRule", of("one", 1000));
    inRun("r1");
    const moved = await update(one, { priority: 1005 });
    inRun("r2");
    const other = await create("PolicyRule", of("other", 1100));
    const error = await refusal(back({ to: 1 }));
    assert.match(
      error.message,
      /changes of several stacks: organization\/one\/dev, organization\/other\/dev\n {2}next: say which one by --stack/,
    );
    await back({ to: 1, stack: "organization/one/dev" });
    assert.match(await at.host.exec("ip rule"), /1000:[\s\S]*1100:/);
    await remove(moved);
    await remove(other);
  });

  it("says what it would do, and does nothing; and where there is nothing of it, says so and writes no revision", async () => {
    inRun("good");
    const made = await create("HostRouting", routing(at.host));
    inRun("bad");
    const worse = await update(made, changed);
    const bad = await at.host.snapshot();
    const planned = await back({ run: "bad", dryRun: true });
    assert.equal(planned.outcome, "planned");
    assert.ok(planned.steps.length > 5);
    assert.equal((await back({ run: "nobody's" })).outcome, "nothing");
    assert.equal(await at.host.snapshot(), bad);
    assert.equal(await newest(), 2);
    await remove(worse);
  });

  describe("is refused, and nothing is changed,", () => {
    let made: Made;
    let worse: Made;
    beforeEach(async () => {
      inRun("good");
      made = await create("PolicyRule", {
        connection: at.host.connection,
        priority: 1000,
        from: "198.51.100.1",
        table: 100,
        persist: "none",
      });
      inRun("bad");
      worse = await update(made, { table: 101 });
    });
    const isRefused = async (wish: Partial<Request>, words: RegExp): Promise<void> => {
      const before = await at.host.snapshot();
      const error = await refusal(back(wish));
      assert.match(error.message, words);
      assert.match(error.message, /refused, nothing was changed|the host is frozen/);
      assert.equal(await at.host.snapshot(), before);
    };

    it("where somebody changed the same since; --force puts back all the same", async () => {
      await at.host.exec("ip rule del pref 1000 proto 214 && ip rule add pref 1000 from 198.51.100.1 table 105 proto 214");
      await isRefused({ run: "bad" }, /changed since by somebody else, and not by a change of this history: rule inet 1000/);
      await back({ run: "bad", force: true });
      assert.match(await at.host.exec("ip rule"), /lookup 100 proto 214/);
      await remove(made);
    });

    it("where it is gone since a reboot, and says that", async () => {
      await at.host.reboot();
      closeHosts();
      await isRefused({ run: "bad" }, /not there since the host was rebooted: rule inet 1000/);
    });

    it("where a later run changed the same", async () => {
      inRun("later");
      const later = await update(worse, { table: 102 });
      await isRefused({ run: "bad" }, /changed again by revision 3 \(run later, /);
      await remove(later);
    });

    it("where the number is none that is kept, or in the midst of a run", async () => {
      await isRefused({ to: 7 }, /revision 7 is not one to go back to: 0 to 1 are/);
      const later = await update(worse, { table: 102 });
      await isRefused({ to: 2 }, /revision 2 is in the midst of run bad: 1 or 3/);
      await back({ to: 2, force: true });
      assert.match(await at.host.exec("ip rule"), /lookup 101 proto 214/);
      await remove(later);
    });

    it("where something that was confirmed is not in the history", async () => {
      process.env["POLICY_ROUTING_HISTORY"] = "30";
      await at.host.exec("rm /var/lib/policy-routing/history/1-good");
      inRun("later");
      const later = await update(worse, { table: 102 });
      await at.host.exec('cd /var/lib/policy-routing/history && sed -i \'s/"previous":"[^"]*"/"previous":"t-lost"/\' 3-later');
      await isRefused({ to: 2 }, /revision 3 does not follow 2: something that was confirmed is not in the history/);
      await remove(later);
    });

    it("where a foreign entry stands at the key, and does not offer to adopt it", async () => {
      const moved = await update(worse, { priority: 1010, table: 100 });
      await at.host.exec("ip rule add pref 1000 from 198.51.100.1 table 100 proto static");
      const error = await refusal(back({ to: 1 }));
      assert.match(error.message, /next: remove what stands in the way on the host/);
      await at.host.exec("ip rule del pref 1000 proto static");
      await remove(moved);
    });

    it("where what was taken over cannot be given back: its entry is gone since", async () => {
      await at.host.exec("ip rule add pref 1200 from 198.51.100.9 table 109");
      const fields = { connection: at.host.connection, priority: 1200, from: "198.51.100.9", table: 109, adopt: true, persist: "none" };
      inRun("took");
      const taken = await create("PolicyRule", fields);
      inRun("took no more");
      await remove(taken);
      await isRefused({ to: 2 }, /revision 3 took over at rule inet 1200 what was not ours, and it cannot be given back: /);
      await remove(worse);
    });

    it("while the host is frozen", async () => {
      await at.host.exec("mkdir -p /etc/policy-routing && echo stop >/etc/policy-routing/freeze");
      await assert.rejects(back({ run: "bad" }), /the host is frozen/);
      await at.host.exec("rm -r /etc/policy-routing");
      await remove(worse);
    });
  });

  it("gives back what a run took over, each with its own tag, and what was refused by the kernel leaves all as it was", async () => {
    await at.host.batch([
      "rule add pref 1200 from 198.51.100.9 table 109",
      "rule add pref 1201 from 198.51.100.10 table 109 proto static",
      "route add 203.0.113.0/24 via 198.18.128.1 dev eth1 table 109 proto static",
    ]);
    await at.host.exec("ip -6 route add 2001:db8:77::/48 dev eth1 table 109 proto 77");
    const before = await at.host.snapshot();
    inRun("took");
    const made = await create("HostRouting", {
      connection: at.host.connection,
      adopt: true,
      persist: "none",
      rules: {
        plain: { priority: 1200, from: "198.51.100.9", table: 109 },
        tagged: { priority: 1201, from: "198.51.100.10", table: 109 },
        own: { priority: 1202, from: "198.51.100.11", table: 109 },
      },
      routes: {
        four: { destination: "203.0.113.0/24", via: "198.18.128.1", dev: "eth1", table: 109, mtu: 1400 },
        six: { destination: "2001:db8:77::/48", dev: "eth1", table: 109 },
      },
    });
    const ours = await at.host.snapshot();
    inRun("back");
    // A twin that came since: nobody could tell which is which.
    await at.host.exec("ip rule add pref 1200 from 198.51.100.9 table 109 proto static");
    assert.match(
      (await refusal(back({ run: "took" }))).message,
      /rule inet 1200: refused, nothing was changed: what was taken over there cannot/,
    );
    await at.host.exec("ip rule del pref 1200 from 198.51.100.9 table 109 proto static");
    assert.equal(await at.host.snapshot(), ours);
    const done = await back({ run: "took" });
    assert.equal(done.outcome, "applied");
    assert.equal(await at.host.snapshot(), before);
    closeHosts();
    await remove(made);
    assert.equal(await at.host.snapshot(), before);
    await at.host.exec("ip rule del pref 1200; ip rule del pref 1201; ip route flush table 109; ip -6 route flush table 109");
  });

  it("over a take-over that is undone by its guard leaves what was ours, as it was", async () => {
    await at.host.batch(["rule add pref 1200 from 198.51.100.9 table 109", "rule add pref 1201 from 198.51.100.10 table 109"]);
    inRun("took");
    const rules = {
      one: { priority: 1200, from: "198.51.100.9", table: 109 },
      two: { priority: 1201, from: "198.51.100.10", table: 109 },
    };
    const made = await create("HostRouting", { connection: at.host.connection, adopt: true, persist: "none", rules });
    const ours = await at.host.snapshot();
    inRun("back");
    // The second rule is refused when the first one has been given back.
    const mend = await at.host.replaceBinary(
      "/usr/sbin/ip",
      `#!/bin/sh
case "$*" in '-4 -batch -') sed '/^rule add pref 1200 .*table 109$/s/.*/rule add pref 1200 table nonsense/' | exec ip.real "$@" ;; *) exec ip.real "$@" ;; esac
`,
    );
    const error = await refusal(back({ run: "took" }));
    await mend();
    assert.match(error.message, /reverted \(verified\)\n/);
    assert.equal(await at.host.snapshot(), ours);
    closeHosts();
    await remove(made);
  });

  it("ends as reverted (verified) where no fresh login gets through, leaves no revision, and the host as before", async () => {
    inRun("good");
    const made = await create("PolicyRule", { connection: at.host.connection, priority: 1000, from: "198.51.100.1", table: 100 });
    inRun("bad");
    const worse = await update(made, { table: 101 });
    const bad = await at.host.snapshot();
    await history();
    await at.host.stopSshd();
    const error = await refusal(back({ run: "bad", guard: { confirmTimeout: 6 } }));
    await at.host.startSshd();
    assert.match(error.message, /reverted \(verified\): /);
    assert.equal(await at.host.snapshot(), bad);
    closeHosts();
    assert.equal(await newest(), 2);
    await remove(worse);
  });

  describe("leaves a mark:", () => {
    const rule = (priority: number, table: number): Fields => ({ priority, from: "198.51.100.1", table });
    const whole = (rules: Fields): Fields => ({ connection: at.host.connection, rules, persist: "none" });
    const file = "/var/lib/policy-routing/taken-back";
    /** As it would be by then, by both clocks. */
    const aged = (days: number): Promise<string> =>
      at.host.exec(`sed -i 's/"time":"20[0-9][0-9]/"time":"2001/; s/"at":[0-9]*/"at":'$(($(date +%s) - ${days} * 86400))'/' ${file}`);
    let good: Made;
    let bad: Made;
    beforeEach(async () => {
      inRun("good");
      good = await create("HostRouting", whole({ a: rule(1000, 100), b: rule(1001, 100) }));
      inRun("bad");
      bad = await update(good, whole({ a: rule(1005, 100), b: rule(1001, 107) }));
      inRun("back");
      await back({ run: "bad" });
    });

    it("the same change once more is refused with who, when and why, until it is allowed", async () => {
      const before = await at.host.snapshot();
      inRun("again");
      const error = await refusal(update(good, bad.fields)); // as behind a refresh: the state says what is there
      assert.match(
        error.message,
        /HostRouting: refused, nothing was changed: it would make again what \S+@\S+ took back at 20\S+Z \(run bad: customer down\): /,
      );
      assert.match(error.message, /rule inet 1000 gone/);
      assert.match(
        error.message,
        /next: correct the program \(git revert, then pulumi up\); or npx --no-install policy-routing allow \S+ --run bad/,
      );
      assert.equal(await at.host.snapshot(), before);
      assert.deepEqual((await allow(at.host.connection, "another")).length, 0);
      assert.equal((await allow(at.host.connection, "bad")).length, 3);
      await update(good, bad.fields);
      assert.match(await at.host.exec("ip rule"), /1005:/);
      assert.match(await at.host.exec("cat /var/log/policy-routing.log"), /allowed again what .* took back/);
      await remove(bad);
    });

    it("what the program said before passes without a word, and so does a removal", async () => {
      const before = await at.host.snapshot();
      assert.equal(await warnings(() => update({ ...bad, fields: good.fields }, {})), "");
      assert.equal(await at.host.snapshot(), before);
      await remove(good);
    });

    it("a correction passes; where it keeps a part of what was taken back, that is told", async () => {
      let next = good;
      const told = await warnings(async () => {
        next = await update(good, whole({ a: rule(1005, 100), b: rule(1001, 108) }));
      });
      assert.match(told, /warning: \S+: HostRouting: makes again 2 of 3 entries of what \S+ took back at /);
      const { marks } = await history();
      assert.ok(!marks.some(({ key }) => key === "rule inet 1001"), "what became something else is no mark any more");
      await remove(next);
    });

    it("outlives a reboot, and ends after 30 days", async () => {
      await at.host.reboot();
      closeHosts();
      const { marks } = await history();
      assert.equal(marks.length, 3);
      const change = async (): Promise<void> => {
        await remove(await create("PolicyRule", { connection: at.host.connection, ...rule(1300, 100), persist: "none" }));
      };
      await change();
      assert.equal((await history()).marks.length, 3);
      await aged(31);
      assert.deepEqual((await history()).marks, [], "before anything is changed too");
      await change();
      assert.equal((await at.host.result(`ls ${file}`)).code, 2);
    });

    it("is one for 30 days by both clocks: a controller whose clock is wrong by years ends none, and keeps none for ever", async () => {
      const isRefused = async (): Promise<void> =>
        assert.match((await refusal(update(good, bad.fields))).message, /it would make again what \S+ took back at /);
      const clock = (now: number): void => mock.timers.enable({ apis: ["Date"], now });
      try {
        for (const year of [2001, 2040]) {
          clock(Date.UTC(year, 4, 5));
          await isRefused();
          // What is changed elsewhere leaves the marks as they are.
          await remove(await create("PolicyRule", { connection: at.host.connection, ...rule(1300, 100), persist: "none" }));
          mock.timers.reset();
          assert.equal((await history()).marks.length, 3);
        }
        await isRefused();
        // As a controller left it whose clock was far ahead.
        await at.host.exec(`sed -i 's/"time":"20[0-9][0-9]/"time":"2040/' ${file}`);
        await isRefused();
        await at.host.replaceBinary(
          "/usr/bin/date",
          `#!/bin/sh\n[ "$*" = +%s ] && echo $(($(date.real +%s) + 31 * 86400)) || exec date.real "$@"\n`,
        );
        await update(good, bad.fields);
      } finally {
        mock.timers.reset();
        await at.host.exec("[ ! -e /usr/bin/date.real ] || mv /usr/bin/date.real /usr/bin/date");
      }
      await remove(bad);
    });
  });
});
