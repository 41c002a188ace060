// Rollbacks over and over, two at once, and on hosts that lost, or never had, what they go by.
import { strict as assert } from "node:assert";
import { mock } from "node:test";
import { before, describe, it } from "mocha";
import type { Request } from "../../provider/src/host/history/rollback";
import { closeHosts } from "../../provider/src/host/host";
import { caught } from "../guard/fixture";
import { ensurePackages } from "../lab/packages.mjs";
import { until } from "../lab/until";
import { Hooks } from "../soak/hooks";
import { changed, goingBack, routing } from "./goingBack";
import { bringLeft } from "./left";
import { create, read, refusal, remove, stack, update, warnings } from "./resource";

describe("rollbacks", function () {
  this.timeout(300_000);
  const at = goingBack("test-host-back-again");
  const { inRun, history } = at;
  const back = (wish: Partial<Request>, address?: string) => at.back({ mark: false, ...wish }, address);

  it("50 times back and forth give the same two hosts, and leave no more behind than the history keeps", async () => {
    inRun("good");
    const made = await create("HostRouting", routing(at.host));
    const good = await at.host.snapshot();
    inRun("forth-0");
    await update(made, changed);
    const bad = await at.host.snapshot();
    assert.notEqual(bad, good);
    for (let n = 1; n <= 50; n++) {
      inRun(`forth-${n}`);
      assert.equal((await back({ run: `forth-${n - 1}` })).outcome, "applied");
      assert.equal(await at.host.snapshot(), n % 2 === 1 ? good : bad, `after ${n}`);
    }
    await until("the oldest to go", async () =>
      (await at.host.exec("ls /var/lib/policy-routing/history | wc -l")).trim() === "30" ? true : undefined,
    );
    const { revisions } = await history();
    assert.deepEqual([revisions.length, revisions[0]?.n, revisions.at(-1)?.n], [30, 23, 52]);
    assert.match((await refusal(back({ to: 21 }))).message, /revision 21 is not one to go back to: 22 to 51 are/);
    inRun("oldest");
    await back({ to: 22 });
    assert.equal(await at.host.snapshot(), bad, "what stood before the oldest that is kept is known by it");
    const lines = Number(await at.host.exec("wc -l </run/policy-routing/register"));
    assert.ok(lines < 300, `${lines} lines of register`);
    assert.equal((await at.host.exec("ls /run/policy-routing | grep -c '^t-'")).trim(), "1");
    await remove(made);
  });

  describe("two at once", () => {
    it("of one run: the one takes it back, and the other hears that nothing of it is left", async () => {
      inRun("good");
      const made = await create("HostRouting", routing(at.host));
      const good = await at.host.snapshot();
      inRun("bad");
      await update(made, changed);
      inRun("back");
      closeHosts();
      const both = await Promise.all([back({ run: "bad" }), back({ run: "bad" }, at.host.address6)]);
      assert.deepEqual(both.map(({ outcome }) => outcome).sort(), ["applied", "nothing"]);
      assert.equal(await at.host.snapshot(), good);
      assert.equal((await history()).revisions.length, 3);
      await remove(made);
    });

    it("where the one comes while the other is at work: it waits, and hears the same", async () => {
      const hooks = new Hooks(at.host);
      await hooks.install();
      inRun("good");
      const made = await create("HostRouting", routing(at.host));
      const good = await at.host.snapshot();
      inRun("bad");
      await update(made, changed);
      inRun("back");
      await hooks.set({ place: "readback", number: 1 });
      const first = back({ run: "bad" });
      let second = first;
      await caught(hooks, async () => {
        second = back({ run: "bad" }, at.host.address6);
      });
      assert.deepEqual([(await first).outcome, (await second).outcome], ["applied", "nothing"]);
      assert.equal(await at.host.snapshot(), good);
      await remove(made);
    });
  });

  it("go by numbers alone where clocks are set ahead and back between the changes, the controller's and the host's", async () => {
    const clock = (year: number): void => {
      mock.timers.reset();
      mock.timers.enable({ apis: ["Date"], now: Date.UTC(year, 4, 5) });
    };
    const onHost = (name: string, year: number) => at.host.exec(`touch -d ${year}-05-05 /var/lib/policy-routing/history/${name}`);
    try {
      clock(2031);
      inRun("good");
      const made = await create("HostRouting", routing(at.host));
      const good = await at.host.snapshot();
      await onHost("1-good", 2039);
      clock(2019);
      inRun("bad");
      await update(made, changed);
      const bad = await at.host.snapshot();
      await onHost("2-bad", 1999);
      clock(2033);
      inRun("back");
      assert.equal((await back({ run: "bad" })).outcome, "applied");
      assert.equal(await at.host.snapshot(), good);
      await onHost("3-back", 1971);
      clock(2001);
      inRun("forth");
      await back({ to: 2 });
      assert.equal(await at.host.snapshot(), bad);
      inRun("again");
      await back({ to: 1 });
      assert.equal(await at.host.snapshot(), good);
      const { revisions } = await history();
      assert.deepEqual(
        revisions.map(({ n, time, run }) => `${n} ${time.slice(0, 4)} ${run}`),
        ["1 2031 good", "2 2019 bad", "3 2033 back", "4 2001 forth", "5 2001 again"],
      );
      await remove(made);
    } finally {
      mock.timers.reset();
    }
  });

  it("are refused over a change of the stack's tag, and change nothing", async () => {
    const rule = { connection: at.host.connection, priority: 1000, from: "198.51.100.1", table: 100, owner: { stack } };
    inRun("good");
    const made = await create("PolicyRule", rule);
    inRun("tag");
    const tagged = await update(made, { owner: { stack, proto: 220 } });
    const before = await at.host.snapshot();
    inRun("back");
    const { message } = await refusal(back({ run: "tag" }));
    assert.match(
      message,
      /refused, nothing was changed: policy-routing:owner was changed meanwhile \(rule inet 1000.*, and proto 2[0-9]+\)/,
    );
    assert.match(message, /next: go back in the program: git revert, then pulumi up/);
    assert.equal(await at.host.snapshot(), before);
    await remove(tagged);
  });

  describe("on a host of busybox", () => {
    before(() => ensurePackages(["busybox"]));
    const path = "/usr/local/bin";
    const kept = "ip login su mount umount nsenter pgrep pkill hostname nc netcat";

    for (const shell of ["dash", "busybox"])
      it(`give the same, by ${shell}`, async () => {
        const programs = `busybox=$(command -v busybox); for name in $($busybox --list); do ln -sf $busybox ${path}/$name; done`;
        await at.host.exec(`${programs}; cd ${path} && rm -f ${kept} && ln -sf /bin/${shell} sh`);
        closeHosts();
        try {
          inRun("good");
          const made = await create("HostRouting", routing(at.host));
          const good = await at.host.snapshot();
          inRun("bad");
          await update(made, changed);
          const bad = await at.host.snapshot();
          inRun("back");
          assert.equal((await back({ run: "bad", mark: true })).outcome, "applied");
          assert.equal(await at.host.snapshot(), good);
          const { revisions, marks } = await history();
          assert.deepEqual([revisions.length, marks.length > 0], [3, true]);
          inRun("forth");
          await back({ run: "back" });
          assert.equal(await at.host.snapshot(), bad);
          await remove(made);
        } finally {
          closeHosts();
          await at.host.exec(`/usr/bin/find ${path} -lname '*busybox' -delete; rm -f ${path}/sh`);
        }
      });
  });

  describe("over a history that is damaged", () => {
    const folder = "/var/lib/policy-routing/history";
    const rule = () => ({ connection: at.host.connection, priority: 1000, from: "198.51.100.1", table: 100, persist: "none" });

    for (const [what, spoil, words] of [
      ["cut off by a loss of power", `truncate -s 200 ${folder}/2-bad`, "is not finished: a change is under way, or it was cut off"],
      ["without its last line", `sed -i '$d' ${folder}/2-bad`, "is not finished: a change is under way, or it was cut off"],
      ["empty", `: >${folder}/2-bad`, "is not finished: a change is under way, or it was cut off"],
      ["overwritten by zeros", `head -c 700 /dev/zero >${folder}/2-bad`, "is not finished: a change is under way, or it was cut off"],
      ["something else", `printf '{"form":1}\nx\nkept\n' >${folder}/2-bad`, "cannot be understood"],
    ] as const)
      it(`are refused and not said to be nothing, where a revision of theirs is ${what}; the others are read, and the next change is made`, async () => {
        inRun("good");
        const made = await create("PolicyRule", rule());
        inRun("bad");
        const worse = await update(made, { table: 101 });
        await at.host.exec(spoil);
        closeHosts();
        inRun("back");
        for (const wish of [{ run: "bad" }, { to: 1 }]) {
          const { message } = await refusal(back(wish));
          assert.ok(message.includes(`it is not known what was changed there: ${folder}/2-bad ${words}\n`), message);
        }
        inRun("next");
        const next = await update(worse, { table: 102 });
        const { revisions, unread } = await history();
        assert.deepEqual([revisions.map(({ n }) => n), unread.map(({ name }) => name)], [[1, 3], ["2-bad"]]);
        inRun("back of next");
        assert.equal((await back({ run: "next" })).outcome, "applied", "what is known is taken back");
        await remove(next);
      });

    it("leave alone what somebody else put beside it, by whatever names, and so does every change", async () => {
      inRun("good");
      const made = await create("PolicyRule", rule());
      const good = await at.host.snapshot();
      inRun("bad");
      const worse = await update(made, { table: 101 });
      await at.host.exec(`cd ${folder} && cp 2-bad 08-x && cp 2-bad 99999999999999999999-x && cp 2-bad 2-bad.bak && cp 2-bad 2-bad~ && : >3 &&
        : >README && : >'5-a b' && : >./-rf && mkdir 4-dir ../taken-back && ln -s /etc/passwd 6.link`);
      closeHosts();
      inRun("next");
      const next = await update(worse, { table: 102 });
      const { revisions, unread } = await history();
      assert.deepEqual([revisions.map(({ run }) => run), unread], [["good", "bad", "next"], []]);
      inRun("back");
      assert.equal((await back({ to: 1 })).outcome, "applied");
      assert.equal(await at.host.snapshot(), good);
      await remove(next);
    });
  });

  it("on a host that lost its register are refused, by force too, and change nothing; once owners are named again they do", async () => {
    inRun("good");
    const made = await create("HostRouting", routing(at.host));
    const good = await at.host.snapshot();
    inRun("bad");
    await update(made, changed);
    const bad = await at.host.snapshot();
    await at.host.exec("rm /run/policy-routing/register");
    closeHosts();
    inRun("back");
    for (const force of [false, true]) {
      const { message } = await refusal(back({ run: "bad", force }));
      assert.match(
        message,
        /refused, nothing was changed: in nobody's name, for the register on the host names no owner: sysctl rp_filter eth0, nexthop 8, /,
      );
      assert.match(message, /next: run sh \/etc\/policy-routing\/replay on the host/);
      assert.equal(await at.host.snapshot(), bad);
    }
    await at.host.exec("sh /etc/policy-routing/replay");
    closeHosts();
    assert.equal((await back({ run: "bad" })).outcome, "applied");
    assert.equal(await at.host.snapshot(), good);
    await remove(made);
  });

  it("of settings alone give back what they were, or are refused where the register was lost; once owners are named again they do", async () => {
    const knob = "/proc/sys/net/ipv4/conf/eth1/rp_filter";
    await at.host.exec(`echo 1 >${knob}`);
    inRun("good");
    const made = await create("HostRouting", { connection: at.host.connection, reversePathFilter: { eth0: "loose" } });
    inRun("bad");
    await update(made, { reversePathFilter: { eth0: "loose", eth1: "off" } });
    await at.host.exec("rm /run/policy-routing/register");
    closeHosts();
    inRun("back");
    for (const force of [false, true])
      assert.match((await refusal(back({ run: "bad", force }))).message, /names no owner: sysctl rp_filter eth1\n/);
    await at.host.exec("sh /etc/policy-routing/replay");
    closeHosts();
    assert.equal((await back({ run: "bad" })).outcome, "applied");
    assert.equal(await at.host.exec(`cat ${knob}`), "1\n", "what it was is in the history");
    assert.equal((await back({ run: "bad" })).outcome, "nothing");
    const told = await warnings(() => remove(made));
    assert.match(told, /net\.ipv4\.conf\.eth0\.rp_filter = 2 stays: what it was before is not known\n/);
    await at.host.exec(`echo 0 >${knob}; echo 0 >/proc/sys/net/ipv4/conf/eth0/rp_filter`);
  });

  for (const name of ["default", "even"])
    it(`on a host with the register and the store of an older version, tag ${name}, give back what stood and what was persisted`, async () => {
      const left = await bringLeft(at.host, name);
      assert.deepEqual((await history()).revisions, []);
      const reads = () => Promise.all(left.map((one) => read(one)));
      const kernel = () => at.host.exec("ip rule; ip route show table all proto 214; ip route show table all proto 220; ip nexthop");
      const lines = () => at.host.exec("cat /etc/policy-routing/objects/* | grep -v '^#' | sort");
      const before = [await reads(), await kernel(), await lines()];
      inRun("bad");
      const worse = [];
      for (const one of left) worse.push(await update(one, one.kind === "PolicyRule" ? { table: 199 } : { persist: "none" }));
      assert.notEqual(await lines(), before[2]);
      inRun("back");
      const stack = `organization/test/${name}`;
      assert.equal((await back({ run: "bad", stack })).outcome, "applied");
      assert.deepEqual([await reads(), await kernel(), await lines()], before);
      assert.equal((await back({ to: 0, stack })).outcome, "nothing");
      for (const one of left.toReversed()) await remove(one);
      await at.host.exec("printf '#!/bin/sh\\n' >/etc/rc.local && chmod 755 /etc/rc.local");
    });

  it("on a host that cannot write to /var are applied, and it is told that neither history nor mark says so", async () => {
    const folder = "/var/lib/policy-routing";
    inRun("good");
    const made = await create("HostRouting", routing(at.host));
    const good = await at.host.snapshot();
    inRun("bad");
    const worse = await update(made, changed);
    await at.host.exec(`mount --bind ${folder} ${folder} && mount -o remount,bind,ro ${folder}`);
    inRun("back");
    const told = await warnings(async () => assert.equal((await back({ run: "bad", mark: true })).outcome, "applied"));
    await at.host.exec(`umount ${folder}`);
    assert.match(told, /applied, but not in the history on the host: cannot write to \/var\/lib\/policy-routing\/history/);
    assert.match(
      told,
      /applied, but what was taken back is not remembered as it should be on the host: cannot write \/var\/lib\/policy-routing\/taken-back/,
    );
    assert.match(told, /next: correct the program at once/);
    assert.equal(await at.host.snapshot(), good);
    const { revisions, marks } = await history();
    assert.deepEqual([revisions.length, marks], [2, []]);
    inRun("again");
    await update({ ...made, id: worse.id }, changed);
    await remove(worse);
  });

  it("on a host whose entries an older version made give back what it had made", async () => {
    process.env["POLICY_ROUTING_HISTORY"] = "0";
    const made = await create("HostRouting", routing(at.host));
    const good = await at.host.snapshot();
    await at.host.exec("rm -rf /var/lib/policy-routing /run/policy-routing/last");
    delete process.env["POLICY_ROUTING_HISTORY"];
    closeHosts();
    assert.deepEqual((await history()).revisions, []);
    inRun("bad");
    await update(made, changed);
    inRun("back");
    assert.equal((await back({ to: 0 })).outcome, "applied");
    assert.equal(await at.host.snapshot(), good);
    assert.notEqual(await read(made), undefined);
    await remove(made);
  });
});
