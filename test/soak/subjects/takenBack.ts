import { freeRule } from "../draw/free";
import { nextRun } from "../nextRun";
import type { Site } from "../site";
import type { Stack } from "../stack";
import { at, changes, type View } from "../view";
import type { Subject } from "./subject";
import { wholeSubjects } from "./whole";

/** A run is made and confirmed, and then taken back on the host. Behind it the program makes it again; what the run removed is in the program again. */
async function takeBack(site: Site, stack: Stack, change: () => Promise<void> | void): Promise<void> {
  await nextRun(site);
  const declared = stack.resources;
  await change();
  const before = await site.view();
  const problems = await nextRun(site);
  if (problems.length > 0) throw new Error(problems.join("; "));
  const after: View = await site.view();
  const slots = changes(before, after);
  if (slots.length === 0) return;
  site.asked.push({
    stack,
    name: "rollback",
    call: { method: "rollback", connection: site.connection("first"), stack: stack.name, seconds: 6 },
    was: undefined,
    wanted: undefined,
    after: new Map(slots.map((slot) => [slot, at(before, slot)])),
    phase: 2,
    again: declared.filter(({ name }) => !stack.program.has(name)),
  });
}

export const takenBackSubjects: readonly Subject[] = [
  {
    name: "a rule is taken back",
    group: "back",
    change: (site) =>
      takeBack(site, site.first, () => {
        const rule = freeRule(site, site.first);
        if (rule !== undefined) site.first.declare(rule, { sort: "single" });
      }),
  },
  {
    name: "a whole host is taken back",
    group: "back",
    change: (site) => takeBack(site, site.first, () => wholeSubjects[0]?.change(site)),
  },
  {
    name: "what the other stack did is taken back",
    group: "back",
    by: "second",
    change: (site) =>
      takeBack(site, site.second, () => {
        const rule = freeRule(site, site.second);
        if (rule !== undefined) site.second.declare(rule, { sort: "single" });
      }),
  },
];
