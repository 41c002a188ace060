import { type Declared, type Name, names, ofIpv6, waves } from "../declared";
import type { Trial } from "../trial";

/** What of the contract's resources this profile can have: names of tables and IPv6 are steps of their own. */
export const possible = ({ profile: { cannot = {} } }: Trial): Name[] =>
  names.filter((name) => !(name === "name" && cannot.names !== undefined) && !(ofIpv6.has(name) && cannot.ipv6 !== undefined));

export const declare = (trial: Trial, wanted: readonly Name[], subject = trial.subject): Record<string, Declared> =>
  Object.fromEntries(wanted.map((name) => [name, trial.declared(name, subject)]));

/** Makes what is not there yet, nothing before what it needs; the resources of one wave side by side, as the engine does. */
export async function deploy(trial: Trial): Promise<void> {
  const wanted = new Set(possible(trial));
  for (const wave of waves) {
    const missing = wave.filter((name) => wanted.has(name) && !trial.held.has(name));
    if (missing.length > 0) await trial.up(declare(trial, missing));
  }
}

/** Nothing before what needs it. */
export async function withdraw(trial: Trial): Promise<void> {
  for (const wave of [...waves, [...trial.held.keys()]].toReversed()) {
    const left = wave.filter((name) => trial.held.has(name));
    if (left.length > 0) await trial.remove(left);
  }
}
