import { messageOf } from "../../provider/src/errors";
import { deploy } from "./contract/deploy";
import { contract } from "./contract/index";
import { NotHere, type Step, type StepName } from "./contract/step";
import type { Profile } from "./profile";
import { startSubjects } from "./start";
import { Trial } from "./trial";
import { Refused } from "./untrue";

/** What came of one step of the contract on one profile. */
export interface Result {
  readonly step: StepName;
  readonly sort: "ok" | "refused" | "not here" | "failed";
  /** The product's words of a refusal, the reason of a failure, why there was nothing to do. */
  readonly text: string;
  readonly seconds: number;
}

export interface Report {
  readonly profile: Profile;
  readonly results: readonly Result[];
  readonly seconds: number;
}

const nothing = "nothing can be made there";

/** Runs the contract on one profile, on machines of its own. What a step leaves broken is made anew for the next one. */
export async function runProfile(profile: Profile, wanted: ReadonlySet<StepName>, say: (text: string) => void): Promise<Report> {
  const began = performance.now();
  const results: Result[] = [];
  const note = (result: Result): void => {
    results.push(result);
    say(`${profile.name}: ${result.step}: ${result.sort}, ${result.seconds.toFixed(1)} s${result.text === "" ? "" : `: ${result.text}`}`);
  };
  const started = await startSubjects(profile);
  const trial = new Trial(profile, started.subjects);
  try {
    await trial.ground.survey();
    let broken = false;
    let ended: string | undefined;
    for (const step of contract.filter(({ name }) => wanted.has(name))) {
      const since = performance.now();
      const seconds = (): number => (performance.now() - since) / 1000;
      if (ended !== undefined && !(step.name === "destroy" && ended === nothing)) {
        note({ step: step.name, sort: "not here", text: ended, seconds: 0 });
        continue;
      }
      try {
        if (broken) await renew(trial);
        if (step.name === "destroy") for (const subject of trial.subjects) await subject.mend();
        const before = stateOf(trial);
        const result = await attempt(step, trial);
        note({ ...result, seconds: seconds() });
        // A refusal in the midst of a step may leave the first half of it.
        broken = result.sort === "failed" || (result.sort === "refused" && stateOf(trial) !== before);
        if (step.name === "create" && result.sort !== "ok") ended = result.sort === "refused" ? nothing : "not run: nothing stands there";
        else if (step.name === "create" || step.name === "replay") for (const subject of trial.subjects) await subject.spoil();
      } catch (error) {
        note({
          step: step.name,
          sort: "failed",
          text: `what the step before left could not be wiped away: ${textOf(error)}`,
          seconds: seconds(),
        });
        ended = "not run: the host could not be made anew";
      }
    }
  } finally {
    await trial.controller.stop();
    await started.stop();
  }
  return { profile, results, seconds: (performance.now() - began) / 1000 };
}

async function attempt(step: Step, trial: Trial): Promise<Omit<Result, "seconds">> {
  const words = trial.profile.cannot?.[step.name];
  const sort = (result: Result["sort"], text: string): Omit<Result, "seconds"> => ({ step: step.name, sort: result, text });
  try {
    await step.run(trial);
    return words === undefined ? sort("ok", "") : sort("failed", `it could not be had, by what this profile says (${words}), and it was`);
  } catch (error) {
    if (error instanceof NotHere) return sort("not here", error.message);
    const text = textOf(error);
    if (words === undefined || !(error instanceof Refused)) return sort("failed", text);
    if (!words.test(text)) return sort("failed", `refused in other words than ${words}: ${text}`);
    if (error.outcome !== "unchanged" && error.outcome !== "reverted")
      return sort("failed", `refused, and told as ${error.outcome}: ${text}`);
    return sort("refused", told(error.message, trial));
  }
}

/** A step failed: whatever it left, the next one finds what it would have found. */
async function renew(trial: Trial): Promise<void> {
  await trial.controller.stop();
  trial.controller.takeLog();
  trial.held.clear();
  for (const subject of trial.subjects) await subject.wipe();
  await trial.profile.prepare?.(trial.subjects);
  await trial.ground.survey();
  await deploy(trial);
  for (const subject of trial.subjects) await subject.spoil();
}

/** What is held of which resource, as text. */
const stateOf = ({ held }: Trial): string => JSON.stringify([...held].map(([name, { declared, id }]) => [name, id, declared.shows]).sort());

/** The sentence of a refusal, without what differs from run to run. */
function told(message: string, { subject: { addresses } }: Trial): string {
  const [line = ""] = message.split("\n");
  return addresses.reduce((text, address) => text.replaceAll(address, "HOST"), line).replace(/^HOST: /, "");
}

const textOf = (error: unknown): string => (error instanceof Refused ? `${error.outcome}: ` : "") + messageOf(error);
