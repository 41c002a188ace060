import { strict as assert } from "node:assert";
import { after, before, describe, it } from "mocha";
import { deploy, withdraw } from "./contract/deploy";
import type { Profile } from "./profile";
import { profiles } from "./profiles/index";
import { remainsOf } from "./remains";
import { runProfile } from "./run";
import { type Started, startSubjects } from "./start";
import { Trial } from "./trial";

const usual: Profile = { name: "test of the lab", why: "nothing is strange" };

describe("the judge of strange hosts", () => {
  let started: Started;
  let trial: Trial;
  before(async () => {
    started = await startSubjects(usual);
    trial = new Trial(usual, started.subjects);
    await trial.ground.survey();
    await deploy(trial);
  });
  after(async () => {
    await trial?.controller.stop();
    await started?.stop();
  });

  const changes: [string, string, string, RegExp][] = [
    [
      "a rule of ours is gone",
      "rule del pref 1000",
      "rule add pref 1000 from 198.18.128.2 table 100 proto 214",
      /ours is not what was told: - rule 4 1000/,
    ],
    [
      "a route of ours is another",
      "route replace default via 198.18.128.9 dev eth1 table 100 proto 214",
      "route replace default via 198.18.128.1 dev eth1 table 100 proto 214",
      /ours is not what was told: - route 4 default/,
    ],
    [
      "one of our tag is too much",
      "rule add pref 77 from 192.0.2.9 table 9 proto 215",
      "rule del pref 77",
      /ours is not what was told: \+ rule 4 77/,
    ],
    [
      "somebody else's is gone",
      "route del default via 198.18.64.1 dev eth0",
      "route add default via 198.18.64.1 dev eth0",
      /what is not ours differs: - route 4 default/,
    ],
    [
      "somebody else's is too much",
      "rule add pref 77 from 192.0.2.9 table 9",
      "rule del pref 77",
      /what is not ours differs: \+ rule 4 77/,
    ],
  ];
  for (const [what, change, back, words] of changes)
    it(`sees that ${what}`, async () => {
      await trial.settled();
      await trial.subject.batch([change]);
      await assert.rejects(trial.settled(), words);
      await trial.subject.batch([back]);
      await trial.settled();
    });

  it("sees a lock, a guard, an owner that is missing, and what is left at the end", async () => {
    const { host } = trial.subject;
    const run = "/run/policy-routing";
    await host.exec(`cp ${run}/register ${run}/kept; : >${run}/register`);
    await assert.rejects(trial.settled(), /the register does not name/);
    await host.exec(`mv ${run}/kept ${run}/register; mkdir ${run}/t-left; : >${run}/t-left/armed; echo txn t-left >${run}/lock.99`);
    assert.deepEqual((await remainsOf(trial.subject)).busy, ["t-left/armed", "lock.99: txn t-left "]);
    await host.exec(`rm -r ${run}/t-left ${run}/lock.99`);
    await assert.rejects(trial.clean(), /not as before: .*\+ nexthop id 17/);
    await withdraw(trial);
    await host.exec("mkdir /etc/policy-routing");
    await assert.rejects(trial.clean(), /not as before: \+ etc\/policy-routing d/);
    await host.exec("rmdir /etc/policy-routing");
    await trial.clean();
  });
});

describe("a run of the contract", () => {
  it("says what failed and what was refused as told, and finds a refusal that does not come", async () => {
    const cannot = { names: /nothing of the kind/ };
    const { results } = await runProfile({ ...usual, cannot }, new Set(["create", "names", "destroy"]), () => {});
    assert.deepEqual(
      results.map(({ step, sort }) => `${step} ${sort}`),
      ["create ok", "names failed", "destroy ok"],
    );
    assert.match(results[1]?.text ?? "", /could not be had, .* and it was/);
  });

  it("has at least 24 hosts, each with a name of its own and a reason", () => {
    assert.ok(profiles.length >= 24);
    assert.equal(new Set(profiles.map(({ name }) => name)).size, profiles.length);
    assert.ok(profiles.every(({ why }) => why !== ""));
  });
});
