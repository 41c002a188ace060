import { until } from "../../lab/until";
import type { Declared } from "../declared";
import type { Subject } from "../subject";
import type { Trial } from "../trial";
import { Refused, Untrue } from "../untrue";
import { tagged } from "../view";
import type { Step } from "./step";

const usually = 5;
/** What is promised of a guard: within so many seconds of its deadline. */
const promised = 2;

const nothing = async (): Promise<void> => {};

/**
 * Makes a change, sees its rule come, strikes, and sees the rule go. Says after how many seconds it went, and what was told of the change
 * in the end.
 */
async function undone(trial: Trial, change: Declared, priority: number, strike: () => Promise<void>, mend = nothing): Promise<unknown> {
  const { subject } = trial;
  let told: { error: unknown } | undefined;
  const telling = trial.up({ change }).then(
    () => undefined,
    (error: unknown) => {
      told = { error };
      return error;
    },
  );
  const isSeen = async (): Promise<boolean> =>
    (await subject.ip(`-4 rule show pref ${priority}`)).some((line) => tagged(trial.profile.owner).test(line));
  // A dump of many rules that come and go may skip it once.
  const stands = async (): Promise<boolean> => (await isSeen()) || (await isSeen());
  const came = await until("the change to be made", async () => (await stands()) || (told === undefined ? undefined : false), 200_000, 100);
  if (!came) throw told?.error;
  const began = performance.now();
  await strike();
  const { seconds = usually, late = 0 } = trial.profile;
  const limit = seconds + promised + late;
  const isGone = until("the undo", async () => ((await stands()) ? undefined : true), (limit + 30) * 1000, 100).catch(() => {
    throw new Untrue(`LOST: ${limit + 30} s after the change nothing had undone it`);
  });
  const took = await isGone.then(() => (performance.now() - began) / 1000).finally(mend);
  if (took > limit) throw new Untrue(`undone ${took.toFixed(1)} s after the change; the guard had ${seconds} s`);
  return telling;
}

/** A rule that harms nobody. While it is made, an address that nobody has is waited for, so that the change can be struck. */
const held = (trial: Trial, priority: number): Declared => ({
  kind: "PolicyRule",
  fields: {
    priority,
    from: "198.51.100.9",
    table: 100,
    guard: { confirmTimeout: trial.profile.seconds ?? usually, probes: [{ ping: nobody(trial.subject), expect: true }] },
  },
  shows: [],
});

/** In the uplink's own network: asked for, and never answered. */
const nobody = ({ uplink: { address } }: Subject): string => `${address.split(".").slice(0, 2).join(".")}.190.77`;

export const cutOff: Step = {
  name: "cut-off",
  promise: "a change that cuts the controller off is undone by the host in time, told as reverted (verified), and it is so",
  run: async (trial) => {
    const { subject, profile } = trial;
    const guard = { confirmTimeout: profile.seconds ?? usually, allowManagementPathChange: true };
    const { strike } = profile;
    const cut: Declared =
      strike === undefined
        ? { kind: "PolicyRule", fields: { priority: 900, to: subject.client, action: "blackhole", guard }, shows: [] }
        : held(trial, 900);
    const error = await undone(
      trial,
      cut,
      900,
      async () => strike?.cut(subject),
      async () => strike?.mend(subject),
    );
    if (!(error instanceof Refused)) throw error ?? new Untrue("a change that was undone is told as applied");
    if (error.outcome !== "reverted") throw new Untrue(`told as ${error.outcome}: ${error.message}`);
    await trial.settled();
  },
};

export const killed: Step = {
  name: "killed",
  promise: "the controller dies in mid-change: the host undoes it in time, and the next run makes it and removes it again",
  run: async (trial) => {
    const error = await undone(trial, held(trial, 901), 901, async () => trial.controller.signal("SIGKILL"));
    if (!(error instanceof Refused) || error.outcome !== "unreported") throw error ?? new Untrue("a killed controller answered");
    await trial.settled();
    const after: Declared = {
      kind: "PolicyRule",
      fields: { priority: 901, from: "198.51.100.9", table: 100 },
      shows: [`rule 4 901: from 198.51.100.9 lookup 100 proto ${trial.profile.owner ?? 214}`],
    };
    await trial.up({ after });
    await trial.remove(["after"]);
  },
};
