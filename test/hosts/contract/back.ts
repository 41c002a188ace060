import type { Declared } from "../declared";
import { Untrue } from "../untrue";
import type { Step } from "./step";

/** A rule that harms nobody, by the table that it leads to. */
const leadingTo = (table: number, proto: number): Declared => ({
  kind: "PolicyRule",
  fields: { priority: 905, from: "198.51.100.9", table },
  shows: [`rule 4 905: from 198.51.100.9 lookup ${table} proto ${proto}`],
});

export const rollback: Step = {
  name: "rollback",
  promise: "a person takes the last change back by the history that the host keeps; a refresh shows it, and the next run makes it again",
  run: async (trial) => {
    const proto = trial.profile.owner ?? 214;
    const [first, second] = [leadingTo(100, proto), leadingTo(101, proto)];
    await trial.nextRun();
    await trial.up({ back: first });
    await trial.nextRun();
    await trial.up({ back: second });
    await trial.nextRun();
    await trial.takeBack();
    trial.shows("back", first.shows);
    await trial.settled();
    const read = (await trial.read(["back"])).get("back");
    if (read?.["table"] !== 100) throw new Untrue(`what was taken back is read as leading to ${String(read?.["table"])}`);
    await trial.up({ back: second });
    await trial.remove(["back"]);
  },
};
