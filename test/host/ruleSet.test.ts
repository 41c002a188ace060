// One declared rule that is several in the kernel: what of it stays is never touched, and what is foreign beside it stays.
import { strict as assert } from "node:assert";
import { afterEach, before, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import type { Host } from "../lab/lab";
import { cleanHost } from "./cleanHost";
import { rulesOf, watch } from "./monitor";
import { create, type Fields, type Made, read, refusal, remove, update } from "./resource";

const failing = { confirmTimeout: 30, probes: [{ route: "192.0.2.1", dev: "nowhere", expect: true }] };
const register = "/run/policy-routing/register";

describe("a rule with several prefixes on a host", function () {
  this.timeout(60_000);
  let host: Host;
  let made: Made | undefined;
  afterEach(async () => {
    if (made !== undefined) await remove(made);
    made = undefined;
  });
  const at = cleanHost("test-host-rule-set");
  before(() => {
    host = at.host;
  });

  const declare = async (fields: Fields): Promise<Made> => {
    made = await create("PolicyRule", { connection: host.connection, persist: "none", priority: 1000, table: 102, ...fields });
    return made;
  };
  const line = (from: string, table = 102): string => `1000: from ${from} lookup ${table} proto 214`;
  const twin = "pref 1000 from 198.18.128.4 table 102 proto 4";

  it("gets one more and loses one, and nothing else there is touched, a foreign twin neither", async () => {
    const one = await declare({ from: ["198.18.128.2", "198.18.128.3"] });
    assert.deepEqual(await rulesOf(host), [line("198.18.128.2"), line("198.18.128.3")]);
    assert.match(await host.exec(`tail -1 ${register}`), /^rule inet 1000\t\S+\t\S+\t2\n$/);
    await host.exec(`ip rule add ${twin}`);
    const watching = await watch(host);
    const changed = await update(one, { from: ["198.18.128.3", "198.18.128.4"] });
    assert.deepEqual(await watching.end(), [line("198.18.128.4"), `Deleted ${line("198.18.128.2")}`]);
    assert.deepEqual((await read(changed))?.["from"], ["198.18.128.3", "198.18.128.4"]);
    const all = [line("198.18.128.3"), "1000: from 198.18.128.4 lookup 102 proto 4", line("198.18.128.4")];
    assert.deepEqual(await rulesOf(host), all);
    const idle = await watch(host);
    await update({ ...changed, state: { ...changed.state, from: "198.18.128.3" } }, {});
    assert.deepEqual(await idle.end(), [], "nothing is to be done where all of them stand");
    await remove(changed);
    made = undefined;
    assert.deepEqual(await rulesOf(host), ["1000: from 198.18.128.4 lookup 102 proto 4"]);
    await host.exec(`ip rule del ${twin}`);
  });

  it("is refused where a foreign rule says what one of them says, and takes it over where it may", async () => {
    await host.exec(`ip rule add ${twin}`);
    const { message } = await refusal(declare({ from: ["198.18.128.2", "198.18.128.4"] }));
    assert.match(message, /rule inet 1000: a foreign rule says the same: ip -4 rule pref 1000 from 198\.18\.128\.4 table 102, proto 4/);
    await declare({ from: ["198.18.128.2", "198.18.128.4"], adopt: "same" });
    assert.deepEqual(await rulesOf(host), [line("198.18.128.2"), line("198.18.128.4")]);
  });

  it("is exchanged without a gap where all of it changes, and comes back as it was where the change is not kept", async () => {
    const one = await declare({ from: ["198.18.128.2", "198.18.128.3"] });
    const before = await host.snapshot();
    for (const fields of [
      { table: 103 },
      { from: ["198.18.128.3", "198.18.128.9"] },
      { from: "198.18.128.9", to: ["192.0.2.0/24", "198.51.100.0/24"] },
    ]) {
      const { message } = await refusal(update(one, { ...fields, guard: failing }));
      assert.match(message, /reverted \(verified\)/);
      assert.equal(await host.snapshot(), before);
    }
    const watching = await watch(host);
    made = await update(one, { table: 103 });
    const steps = await watching.end();
    assert.equal(steps.length, 8);
    assert.ok(
      steps.slice(0, 2).every((step) => step.endsWith("proto 215")),
      "the new ones stand before the old ones go",
    );
    assert.deepEqual(await rulesOf(host), [line("198.18.128.2", 103), line("198.18.128.3", 103)]);
  });

  it("shows as drift what somebody took away or added, and the next change mends that alone", async () => {
    const one = await declare({ from: ["198.18.128.2", "198.18.128.3"] });
    await host.exec("ip rule del pref 1000 from 198.18.128.3; ip rule add pref 1000 from 198.18.128.5 table 102 proto 214");
    assert.deepEqual((await read(one))?.["from"], ["198.18.128.2", "198.18.128.5"]);
    await host.exec("ip rule del pref 1000 from 198.18.128.2");
    closeHosts(); // a reading serves whoever asks within a moment
    assert.equal((await read(one))?.["from"], "198.18.128.5");
    const watching = await watch(host);
    made = await update({ ...one, state: { ...one.state, from: "198.18.128.5" } }, {});
    assert.deepEqual((await watching.end()).sort(), [line("198.18.128.2"), line("198.18.128.3"), `Deleted ${line("198.18.128.5")}`]);
    await host.exec("ip rule flush proto 214");
    closeHosts();
    assert.equal(await read(made), undefined);
    made = await update({ ...made, state: { ...made.state, from: "198.18.128.5" } }, {});
    assert.deepEqual(await rulesOf(host), [line("198.18.128.2"), line("198.18.128.3")]);
  });
});
