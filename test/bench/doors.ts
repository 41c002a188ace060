// What each door costs of the processor: user and system time of the CLI and all that it starts, by turns, and the bytes of the state. What runs on hosts is none of it.
import type { Report, Wants } from "./cases";
import { Contender, type Operation } from "./contender";
import type { Fleet } from "./fleet";
import { resourcesOf, usual } from "./objects";

type Program = "granular" | "host-routing";
const programs: readonly Program[] = ["granular", "host-routing"];
const operations = ["up", "noop", "preview", "refresh"] as const satisfies readonly Operation[];
const nameOf = (program: Program, operation: Operation): string => `${program}-${operation}-cpu`;

/** The plugin's case beside that of dynamic resources. */
export const ofPlugin = (name: string): string => `${name}-plugin`;
export const doorPairs: readonly string[] = programs.flatMap((program) => operations.map((operation) => nameOf(program, operation)));
/** Those that say what the state holds, too. */
export const statePairs: readonly string[] = programs.map((program) => nameOf(program, "up"));
export const doorCases: readonly string[] = doorPairs.flatMap((name) => [name, ofPlugin(name)]);

/** One round of a program by both doors; each finds the hosts empty. */
export async function doorsRound(fleet: Fleet, program: Program, wants: Wants, report: Report): Promise<void> {
  const last = operations.findLastIndex((operation) => wants(ofPlugin(nameOf(program, operation))));
  if (last === -1) return;
  const objects = program === "granular" ? resourcesOf(usual) : usual;
  for (const door of ["dynamic", "plugin"] as const) {
    await fleet.clear();
    const one = await Contender.open(fleet, program, usual, objects, door === "plugin" ? { door } : {});
    try {
      for (const operation of operations.slice(0, last + 1)) {
        const name = nameOf(program, operation);
        const sample = await one.cpu(operation);
        const state = operation === "up" ? { stateBytes: await one.stateBytes() } : {};
        report(door === "plugin" ? ofPlugin(name) : name, fleet.hosts.length, objects, { ...sample, ...state });
      }
      await fleet.mustBeComplete(usual);
    } finally {
      await one.close();
    }
  }
}
