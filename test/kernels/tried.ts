import { isDeepStrictEqual } from "node:util";
import type { Since } from "../../provider/src/declaration/attribute";
import { families } from "../../provider/src/declaration/family";
import { parseState } from "../../provider/src/host/reading/entries";
import { observeText } from "../../provider/src/host/wire/frames";
import { lookAtNexthops, together } from "../../provider/src/kernel/observed/look";
import { emptyState } from "../../provider/src/kernel/observed/state";
import { plan } from "../../provider/src/kernel/plan/plan";
import { printLine } from "../../provider/src/kernel/plan/register";
import { commandOf } from "../../provider/src/kernel/plan/step";
import { baseObjects, subjects } from "../kernel/objects";
import { lookAtTable } from "../kernel/wholeTable";
import { type Place, versionsOf } from "../lab/place";
import { KernelNamespace } from "../property/kernelNamespace";
import { change, tags } from "../property/subjects";
import { parseRegister } from "../unit/kernel/atOnce";
import { type Trial, trials } from "./trials";

/** What a kernel and an iproute2 said to each trial: nothing where it was made and read back as it was asked for, else why not. */
export interface Tried extends Since {
  readonly said: Readonly<Record<string, string>>;
}

const everything = together([
  lookAtNexthops([]),
  ...families.flatMap((family) => [lookAtTable(family, 100, true), lookAtTable(family, "main", true)]),
]);

/** Tries each value by itself, whatever the versions promise: no gate is asked. */
export async function tryAll(root: string, place: Place): Promise<Tried> {
  const said: Record<string, string> = {};
  for (const of of families)
    for (const subject of subjects) {
      const these = trials.filter((one) => one.subject === subject && one.family === of);
      for (const [index, why] of (await tryThese(these, root, place)).entries()) said[these[index]?.name ?? ""] = why;
    }
  return { ...versionsOf(root, place), said };
}

async function tryThese(these: readonly Trial[], root: string, place: Place): Promise<string[]> {
  const kernel = new KernelNamespace(root, place);
  try {
    const plans = these.map(({ wanted }) => plan(change("a", [wanted]), emptyState));
    // Each by itself: `ip -batch` ends at the first word that it does not know.
    const lines = plans.map(
      ({ steps }, index) => `said=$({ ${steps.map(commandOf).join(" && ")}; } 2>&1)\nsay "tried ${index} $?"\nprintf '%s\\n' "$said"`,
    );
    const answers = await kernel.run([...baseObjects.map((words) => `ip nexthop add ${words}`), ...lines].join("\n"));
    const register = parseRegister(plans.flatMap((one) => one.register.map((line) => `${printLine(line)}\n`)).join(""));
    const shown = await kernel.run(`crowded_from=0\n${observeText(everything, "entries")}`);
    const state = { ...(await parseState({ code: "0", sections: shown }, everything, kernel.name)), register };
    return these.map(({ wanted, subject, input }, index) => {
      const answer = answers.find(({ name }) => name.startsWith(`tried ${index} `));
      if (answer === undefined) return "no answer";
      if (!answer.name.endsWith(" 0")) return `refused: ${answer.text.trim().split("\n")[0]}`;
      const seen = wanted.read(state, tags, "a");
      return seen !== undefined && isDeepStrictEqual(subject.form(seen), subject.form(input)) ? "" : "taken, and not kept as asked";
    });
  } finally {
    kernel.close();
  }
}
