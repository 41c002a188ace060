import type { Fields } from "../../soak/protocol";
import type { Declared } from "../declared";
import type { Trial } from "../trial";
import { compare, Refused, Untrue } from "../untrue";
import { viewOf } from "../view";
import { declare } from "./deploy";
import type { Step } from "./step";

export const drift: Step = {
  name: "drift",
  promise: "what somebody removed or changed is found by a refresh, and put right by the next run; nothing else is touched",
  run: async (trial) => {
    const { subject, profile } = trial;
    const { device, gateway } = subject.uplink;
    const proto = `proto ${profile.owner ?? 214}`;
    await subject.batch([
      `rule del pref 1000 ${proto}`,
      `route replace default via ${gateway} dev ${device} table 100 ${proto} mtu 1280`,
      `rule del pref 1100 ${proto}`,
    ]);
    await trial.nextRun();
    const before = await viewOf(subject);
    const seen = await trial.read(["rule", "gate", "whole"]);
    // A monitor may have put back what went: then that is no drift any more.
    const { ours } = await viewOf(subject);
    for (const name of ["rule", "whole"])
      trial.shows(
        name,
        trial.of(name).declared.shows.filter((line) => ours.includes(line)),
      );
    trial.shows("gate", [`route 4 default via ${gateway} dev ${device} table 100 ${proto} mtu 1280`]);
    // It may also do so right behind the refresh: what stood before that, too, was there to be read.
    const { shows } = trial.of("rule").declared;
    const stood = shows.length > 0 && shows.every((line) => before.ours.includes(line));
    if (seen.get("rule") === undefined && stood) throw new Untrue("the rule stands, and is read as gone");
    if (seen.get("gate")?.["mtu"] !== 1280)
      throw new Untrue(`the route has another mtu, and is read as ${JSON.stringify(seen.get("gate"))}`);
    // The engine lets go of what is gone, and makes it anew.
    if (seen.get("rule") === undefined) trial.forget("rule");
    await trial.up(declare(trial, ["rule", "gate", "whole"]));
  },
};

export const adopt: Step = {
  name: "adopt",
  promise:
    "what somebody else made is refused, then taken over where that is asked for; a change that is undone gives it back, tag and all",
  run: async (trial) => {
    const { subject, profile } = trial;
    const { device, gateway } = subject.uplink;
    const via = `via ${gateway} dev ${device}`;
    const theirs = [
      "rule add pref 950 from 203.0.113.7 table 120 proto static",
      `route add 203.0.113.192/26 ${via} table 120 proto static`,
    ];
    const proto = `proto ${profile.owner ?? 214}`;
    const wanted = {
      theirRule: {
        kind: "PolicyRule",
        fields: { priority: 950, from: "203.0.113.7", table: 120 },
        shows: [`rule 4 950: from 203.0.113.7 lookup 120 ${proto}`],
      },
      theirRoute: {
        kind: "PolicyRoute",
        fields: { destination: "203.0.113.192/26", via: gateway, dev: device, table: 120 },
        shows: [`route 4 203.0.113.192/26 ${via} table 120 ${proto}`],
      },
    };
    await subject.batch(theirs);
    await trial.ground.others(subject, "there now");
    try {
      const whole = await everything(trial);
      const unchanged = async (): Promise<void> => compare("theirs is not as it was", whole, await everything(trial));
      await refusal(trial, wanted, {}, /adopt/);
      await unchanged();
      // Nothing leaves by lo: the change is undone.
      const unmet = { adopt: true, guard: { confirmTimeout: 30, probes: [{ route: "192.0.2.1", dev: "lo", expect: true }] } };
      await refusal(trial, wanted, unmet, /reverted \(verified\)/);
      await unchanged();
    } catch (error) {
      await subject.batch(theirs.map((line) => line.replace(" add ", " del "))).catch(() => {}); // they may be gone, or ours
      throw error;
    } finally {
      await trial.ground.others(subject, "as before");
    }
    await trial.up(wanted, { terms: { adopt: true } });
    await trial.remove(["theirRule", "theirRoute"]);
  },
};

const everything = async ({ subject }: Trial): Promise<string[]> => {
  const { ours, others } = await viewOf(subject);
  return [...ours, ...others];
};

async function refusal(trial: Trial, wanted: Readonly<Record<string, Declared>>, terms: Fields, words: RegExp): Promise<void> {
  const error = await trial.up(wanted, { terms }).then(
    () => new Untrue("theirs was taken over, and should not have been"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof Refused) || !words.test(error.message)) throw error;
}
