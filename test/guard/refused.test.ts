import { strict as assert } from "node:assert";
import { after, afterEach, before, describe, it } from "mocha";
import { InitializationFailed } from "../../provider/src/runtime/initializationFailed";
import { create, refusal, remove, update } from "../host/resource";
import { caught, GuardSite, guard, registerOf, run, verified } from "./fixture";

describe("a host that refuses", function () {
  this.timeout(60_000);

  const site = new GuardSite("test-guard-refused");
  before(() => site.open());
  afterEach(() => site.clean());
  after(() => site.close());

  it("the kernel refuses a batch at any line: what was done of it is undone", async () => {
    const made = await create("PolicyRule", site.rule());
    const before = await site.host.snapshot();
    const register = await registerOf(site.host);
    for (const line of [0, 1, 2, 3]) {
      await site.hooks.set({ place: "apply", number: 1 }, `refuse ${line}`);
      const error = await refusal(update(made, { table: 101, priority: 1000 }));
      assert.match(error.message, /the kernel refused it; reverted \(verified\)\n.*came back: Error: refused at this line/s);
      assert.equal(await site.host.snapshot(), before, `refused after ${line} lines`);
      assert.equal(await registerOf(site.host), register);
    }
  });

  it("one of a group is refused: it fails alone", async () => {
    const results = await Promise.allSettled([
      create("PolicyRule", site.rule()),
      create("PolicyRoute", {
        connection: site.host.connection,
        guard,
        destination: "default",
        table: 100,
        via: "203.0.113.254",
        dev: "eth1",
      }),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["fulfilled", "rejected"],
    );
    assert.equal((await registerOf(site.host)).split("\n").length, 2);
  });

  it("one of a group is refused: what another one made is not told as its own, however alike their keys", async () => {
    const route = { connection: site.host.connection, guard, table: 100, dev: "eth1" };
    const [refused] = await Promise.all([
      refusal(create("PolicyRoute", { ...route, destination: "2001:db8:aa::1", via: "2001:db8:ffff::1" })),
      create("PolicyRoute", { ...route, destination: "2001:db8:aa::1:2" }),
    ]);
    await site.host.exec("ip -6 route flush table 100");
    assert.match(refused.message, /: the kernel refused it; reverted \(verified\)\n/);
    assert.ok(!(refused instanceof InitializationFailed), "kept in the state, though nothing of it is there");
  });

  it("/run is full, by whatever number of bytes: nothing is begun", async () => {
    const before = await site.host.snapshot();
    for (const pages of [0, 1, 2, 3, 4, 5]) {
      await site.host.exec(`head -c ${pages * 4096} /dev/zero >/run/.room`);
      await site.host.fillRun();
      await site.host.exec("rm /run/.room");
      const error = await refusal(create("PolicyRule", site.rule()));
      await site.host.freeRun();
      assert.match(error.message, /: nothing was changed: .*(full|cannot write)/, `${pages} pages free`);
      assert.equal(await site.host.snapshot(), before);
      assert.equal(await site.host.exec(`ls -d ${run}/t-* 2>/dev/null || true`), "");
    }
    await remove(await create("PolicyRule", site.rule()));
  });

  it("/run fills up before the register is written: that change alone is undone, and the register has whole lines", async () => {
    const made = await create("PolicyRule", site.rule());
    const register = await registerOf(site.host);
    // The rest of the page that the register lies in is not free space's business.
    await site.host.exec(
      `head -c $((4096 - $(wc -c <${run}/register) - 20)) /dev/zero | tr '\\0' x >>${run}/register; truncate -s -0 ${run}/register`,
    );
    const padded = await registerOf(site.host);
    await site.hooks.set({ place: "apply", number: 1 });
    const [error] = await Promise.all([
      refusal(create("PolicyRule", site.rule({ priority: 1001 }))),
      caught(site.hooks, () => site.host.fillRun()),
    ]);
    await site.host.freeRun();
    assert.match(
      error.message,
      /: whose it is could not be written down; reverted \(verified\)\n {2}came back: .*is \/run\/policy-routing full/,
    );
    assert.equal(await registerOf(site.host), padded);
    await site.host.exec(`truncate -s ${register.length} ${run}/register`);
    await remove(made);
  });

  it("a frozen host refuses, in the words of whoever froze it", async () => {
    await site.host.exec("mkdir -p /etc/policy-routing && echo 'moving racks until Friday, ask Ana' >/etc/policy-routing/freeze");
    const before = await site.host.snapshot();
    const error = await refusal(create("PolicyRule", site.rule()));
    assert.match(error.message, /the host is frozen\n {2}came back: moving racks until Friday, ask Ana/);
    assert.equal(await site.host.snapshot(), before);
    await site.host.exec("rm -r /etc/policy-routing");
  });

  it("the one line for the console undoes at once", async () => {
    const before = await site.host.snapshot();
    await site.hooks.set({ place: "confirm", number: 1 });
    const [error] = await Promise.all([
      refusal(create("PolicyRule", site.rule({ guard: { confirmTimeout: 60 } }))),
      caught(site.hooks, async () => {
        assert.notEqual(await site.host.snapshot(), before);
        await site.host.exec(`for g in ${run}/*/guard; do sh $g now; done`);
        assert.equal(await site.host.snapshot(), before);
      }),
    ]);
    assert.match(error.message, verified);
  });
});
