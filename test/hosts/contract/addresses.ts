import { compare, Untrue } from "../untrue";
import { viewOf } from "../view";
import { declare, possible } from "./deploy";
import { NotHere, type Step } from "./step";

export const address: Step = {
  name: "address",
  promise: "the same machine under its other address, and back: the kernel is not touched, nothing is removed",
  run: async (trial) => {
    const wanted = declare(trial, possible(trial));
    for (const which of [1, 0] as const) {
      const before = await viewOf(trial.subject);
      await trial.up(wanted, { which });
      compare("another address, another host", [...before.ours, ...before.files], await everything(trial.subject));
    }
  },
};

const everything = async (subject: Parameters<typeof viewOf>[0]): Promise<string[]> => {
  const { ours, files } = await viewOf(subject);
  return [...ours, ...files];
};

export const machine: Step = {
  name: "machine",
  promise: "resources move to another machine and back: the new one is made right, the old one is cleaned",
  run: async (trial) => {
    const [first, second] = trial.subjects;
    if (second === undefined) throw new NotHere("it is one machine");
    const before = await viewOf(first);
    const moving = ["gate", "rule", "whole"] as const;
    await trial.up(declare(trial, moving, second), { subject: second });
    if ((await viewOf(second)).ours.length === 0) throw new Untrue("nothing is on the new machine");
    await trial.up(declare(trial, moving, first), { subject: first });
    compare("back on the first machine", before.ours, (await viewOf(first)).ours);
  },
};
