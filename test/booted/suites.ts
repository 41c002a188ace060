import { type Suite, whyNotBooted } from "../lab/booted/booted";

const known: readonly Suite[] = ["bullseye", "bookworm", "trixie"];

/** Which Debians are booted: POLICY_ROUTING_SUITES, separated by blanks, or Debian 12 alone. */
export const suites: readonly Suite[] = (process.env["POLICY_ROUTING_SUITES"] ?? "bookworm")
  .split(/\s+/)
  .filter((name) => name !== "")
  .map(suiteOf);

export function suiteOf(name: string): Suite {
  const suite = known.find((one) => one === name);
  if (suite === undefined) throw new Error(`there is no recipe for Debian ${name}, only for ${known.join(", ")}`);
  return suite;
}

/** To be called first in `before`: skips everything where nothing can be booted, and says why. */
export async function needBooted(context: Mocha.Context): Promise<void> {
  const reason = await whyNotBooted();
  if (reason === undefined) return;
  console.log(`    skipped: ${reason}`);
  context.skip();
}
