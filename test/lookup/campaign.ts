import fc from "fast-check";
import { type Place, thisMachine } from "../lab/place";
import { difference } from "./compare";
import { askKernel } from "./kernel";
import { scenario } from "./scenario";

/** Flows asked of one host. */
const flowsPerHost = 500;

export interface Outcome {
  readonly flows: number;
  /** How many flows ended in which way: what never occurs is not tested. */
  readonly seen: ReadonlyMap<string, number>;
  readonly differences: readonly string[];
  /** Flows of which the lookup says that it cannot tell. */
  readonly open: number;
}

/** Asks the kernel and the lookup the same. Each host has a seed of its own, so that one can be made again alone. */
export async function campaign(
  flows: number,
  seed: number,
  progress: (done: number, differences: number) => void = () => {},
  { withVrfs = false, place = thisMachine }: { readonly withVrfs?: boolean; readonly place?: Place } = {},
): Promise<Outcome> {
  const differences: string[] = [];
  const seen = new Map<string, number>();
  let done = 0;
  let open = 0;
  for (let host = 0; done < flows; host++) {
    const [drawn] = fc.sample(scenario(flowsPerHost, withVrfs, place), { seed: seed + host, numRuns: 1 });
    if (drawn === undefined) break;
    const { network, answers } = await askKernel(drawn, place);
    for (const { flow, answer } of answers) {
      const what = "refused" in answer ? answer.refused : `type ${answer.shown["type"]}`;
      seen.set(`${flow.family} ${what}`, (seen.get(`${flow.family} ${what}`) ?? 0) + 1);
      const found = difference(network, flow, answer);
      if (found === "open") open++;
      else if (found !== undefined) differences.push(`seed ${seed + host}: ${found}`);
    }
    done += answers.length;
    progress(done, differences.length);
  }
  return { flows: done, seen, differences, open };
}
