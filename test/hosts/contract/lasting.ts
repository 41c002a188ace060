import { until } from "../../lab/until";
import { compare, Refused, Untrue } from "../untrue";
import { viewOf } from "../view";
import type { Step } from "./step";

const longest = 60_000;

export const replay: Step = {
  name: "replay",
  promise: "the kernel is emptied by a reboot: what was confirmed is put back as it was, its owners too",
  run: async (trial) => {
    const { subject } = trial;
    for (const [name, { state, declared }] of trial.held) {
      const persisted = String(state["persisted"]);
      // It says why: that is a refusal in words.
      if (declared.kind !== "RoutingTable" && /^(no|none)\b/.test(persisted))
        throw new Refused(`${name}: persisted: ${persisted}`, "unchanged");
    }
    const before = await viewOf(subject);
    const said = await subject.reboot();
    let seen = await viewOf(subject);
    await until(
      "everything to be put back",
      async () => {
        seen = await viewOf(subject);
        return seen.ours.join("\n") === before.ours.join("\n") ? true : undefined;
      },
      longest,
      200,
    ).catch(() => compare(`after a reboot (${said.trim()})`, before.ours, seen.ours));
    compare("settings and files after a reboot", before.files, (await viewOf(subject)).files);
    for (const [name, inputs] of await trial.read([...trial.held.keys()]))
      if (inputs === undefined) throw new Untrue(`${name} was put back, and is read as gone`);
    await trial.settled();
  },
};
