import { strict as assert } from "node:assert";
import { after, afterEach, before, describe, it } from "mocha";
import { create, read, refusal, update } from "../host/resource";
import { until } from "../lab/until";
import { Hooks } from "../soak/hooks";
import { auditOf, caught, deadlineOf, GuardSite, guard, isFired, registerOf, run, verified } from "./fixture";

describe("the end of a change", function () {
  this.timeout(90_000);

  const site = new GuardSite("test-guard-ends", 2);
  afterEach(() => site.clean());
  after(() => site.close());
  /** A change on a host that stays away: it takes longer than the tests here, so it runs beside them. */
  let away: { began: number; error: Promise<Error> };
  before(async () => {
    await site.open();
    const [, other] = site.lab.hosts;
    assert.ok(other !== undefined);
    const hooks = new Hooks(other);
    await hooks.install();
    await hooks.set({ place: "apply", number: 1 });
    away = { began: Date.now(), error: refusal(create("PolicyRule", site.rule({ connection: other.connection }))) };
    await caught(hooks, () => other.linkDown());
  });

  it("applied: one line of audit says so, and the guard's processes end", async () => {
    const lines = (await auditOf(site.host)).length;
    const made = await create("PolicyRule", site.rule());
    const [line = "", ...others] = (await auditOf(site.host)).slice(lines);
    assert.match(
      line,
      /^\S+Z t-[0-9a-f]{12} of organization\/test\/host by \S+ pid [0-9]+: 1 steps for .*\/rule\/inet\/1000#\S+: applied in run \S+: rule inet 1000$/,
    );
    assert.deepEqual(others, []);
    await update(made, { table: 101 });
    assert.equal((await auditOf(site.host)).length, lines + 2);
    await site.host.exec(
      "tries=0; while pgrep -f '^sh /run/policy-routing'; do tries=$((tries + 1)); [ $tries -lt 300 ] || exit 1; sleep 0.01; done",
    );
  });

  it("a change that cuts the host off: the guard undoes it within 2 s of its deadline, register and all, with one line of audit", async () => {
    const made = await create("PolicyRule", site.rule());
    const before = await site.host.snapshot();
    const [register, lines] = [await registerOf(site.host), (await auditOf(site.host)).length];
    let deadline = Number.NaN;
    await site.hooks.set({ place: "apply", number: 1 });
    const [one, two] = await Promise.all([
      refusal(create("PolicyRule", site.cut())),
      refusal(update(made, { table: 102, guard: { ...guard, allowManagementPathChange: true } })),
      caught(site.hooks, async () => {
        deadline = await deadlineOf(site.host);
      }),
    ]);
    for (const error of [one, two]) assert.match(error.message, verified);
    assert.equal(await site.host.snapshot(), before);
    assert.equal(await registerOf(site.host), register);
    assert.equal((await auditOf(site.host)).length, lines + 1);
    assert.match((await auditOf(site.host)).at(-1) ?? "", /transaction t-[0-9a-f]{12} of organization\/test\/host by .*: undone$/);
    const fired = Number((await site.host.exec(`cat ${run}/t-*/result`)).match(/fired at ([0-9]+)/)?.[1]);
    assert.ok(fired >= deadline && fired <= deadline + 2, `deadline ${deadline}, fired at ${fired}`);
  });

  it("what ends the process group of one of the two that watch leaves the other one, which undoes the change", async () => {
    await site.hooks.set({ place: "apply", number: 1 });
    const first = "$(pgrep -f '^sh /run/policy-routing/.*/guard 1$')";
    const [error] = await Promise.all([
      refusal(create("PolicyRule", site.cut())),
      caught(site.hooks, () => site.host.exec(`kill -KILL -${first}`)),
    ]);
    assert.match(error.message, verified);
    assert.match(await site.host.exec(`cat ${run}/t-*/result`), /^fired at /);
  });

  it("the confirm's answer is lost: applied, once the host was asked again", async () => {
    await site.hooks.set({ place: "confirmed", number: 1 });
    const made = create("PolicyRule", site.rule({ connection: await site.byRelay() }));
    await caught(site.hooks, async () => site.path.cut());
    assert.notEqual(await read(await made), undefined);
    await until("the audit", async () => (/: applied in run /.test((await auditOf(site.host)).at(-1) ?? "") ? true : undefined));
  });

  it("the confirm never arrives: reverted", async () => {
    const before = await site.host.snapshot();
    await site.hooks.set({ place: "confirm", number: 1 });
    const [error] = await Promise.all([refusal(create("PolicyRule", site.rule())), caught(site.hooks, () => isFired(site.host))]);
    assert.match(error.message, /: reverted \(verified\): the guard came first/);
    assert.equal(await site.host.snapshot(), before);
  });

  it("a device goes away in between: reverted, but differs, and what differs is named", async () => {
    await site.host.batch(["link add gone0 type veth peer name gone1", "link set gone0 up"]);
    const route = { connection: site.host.connection, guard, destination: "192.0.2.0/24", table: 100, dev: "gone0" };
    await create("PolicyRoute", route);
    await site.hooks.set({ place: "readback", number: 1 });
    const [error] = await Promise.all([
      refusal(create("PolicyRoute", { ...route, destination: "192.0.2.64/26" })),
      caught(site.hooks, () => site.host.batch(["link del gone0"])),
    ]);
    assert.match(
      error.message,
      /: reverted, but differs: route inet table 100 192\.0\.2\.0\/24: was ip -4 route 192\.0\.2\.0\/24 .*dev gone0.* proto 214, is nothing: /,
    );
  });

  it("not reachable: unknown, since when, and when its guard fires", async () => {
    const { message } = await away.error;
    const [, since = "", fires = ""] = /: unknown: host not reachable since (\S+Z); its guard fires at (\S+Z): /.exec(message) ?? [];
    assert.notEqual(since, "", message);
    const seconds = (Date.parse(fires) - away.began) / 1000;
    assert.ok(seconds > 1 && seconds < 20, message);
    assert.ok(Date.parse(since) >= away.began && Date.parse(since) <= Date.now(), message);
  });
});
