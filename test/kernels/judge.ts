import { spawnSync } from "node:child_process";
import type { Since } from "../../provider/src/declaration/attribute";
import { exercise } from "../kernel/exercise";
import { type Place, thisMachine } from "../lab/place";
import { campaign, type Outcome } from "../lookup/campaign";

/** How much is asked of a kernel. */
export interface Amounts {
  /** Of both families together. */
  readonly objects: number;
  readonly flows: number;
  /** Flows on hosts with VRFs. */
  readonly vrfFlows: number;
  readonly seed: number;
}

/** What was seen of one kernel. Each `wrong` is a sentence that says what, and with which seed. */
export interface Judged extends Since {
  readonly objects: number;
  readonly mismatches: number;
  readonly flows: number;
  readonly differences: number;
  readonly vrfFlows: number;
  readonly vrfDifferences: number;
  /** Flows of either sort of which the lookup says that it cannot tell. */
  readonly untold: number;
  /** Life cycles that went as they should, and how many were tried. */
  readonly lives: readonly [well: number, tried: number];
  readonly seconds: number;
  readonly wrong: readonly string[];
}

export interface Life {
  readonly what: string;
  run(): Promise<void>;
}

/** A kernel may be built without them. */
const hasVrfs = (place: Place): boolean =>
  spawnSync(...place.argv("unshare", "--net", "ip", "link", "add", "red", "type", "vrf", "table", "10")).status === 0;

/**
 * Life cycles on one kernel, then objects and lookups beside each other, in network namespaces of their own. What fails keeps nothing else from
 * being tried.
 */
export async function judge(
  { objects, flows, vrfFlows, seed }: Amounts,
  lives: readonly Life[],
  { place = thisMachine, say = () => {} }: { readonly place?: Place; readonly say?: (text: string) => void } = {},
): Promise<Judged> {
  const began = performance.now();
  const wrong: string[] = [];
  const done = (what: string): void => say(`${what} after ${Math.round((performance.now() - began) / 1000)} s`);
  const ask = (count: number, withVrfs: boolean): Promise<Outcome> =>
    campaign(count, seed, (asked) => done(`${asked} flows${withVrfs ? " on hosts with VRFs" : ""}`), { place, withVrfs });
  const well = await livesOf(lives, wrong, done);
  const [made, plain, inVrfs] = await Promise.all([
    objects === 0 ? 0 : objectsOf(objects, seed, place, wrong, done),
    ask(flows, false),
    ask(hasVrfs(place) ? vrfFlows : 0, true),
  ]);
  wrong.push(...plain.differences, ...inVrfs.differences);
  return {
    kernel: place.kernel,
    iproute2: place.iproute2,
    objects: made ?? 0,
    mismatches: made === undefined ? 1 : 0,
    flows: plain.flows,
    differences: plain.differences.length,
    vrfFlows: inVrfs.flows,
    vrfDifferences: inVrfs.differences.length,
    untold: plain.open + inVrfs.open,
    lives: [well, lives.length],
    seconds: Math.round((performance.now() - began) / 1000),
    wrong,
  };
}

/** With fewer, chance leaves attributes out. */
const enoughForAll = 600;

/** The number of those made; undefined where one was not as it was asked for: the first one ends it. */
async function objectsOf(
  objects: number,
  seed: number,
  place: Place,
  wrong: string[],
  progress: (text: string) => void,
): Promise<number | undefined> {
  try {
    const report = await exercise({
      runs: Math.ceil(objects / 2),
      seed,
      place,
      chunk: 250,
      complete: objects >= enoughForAll,
      progress,
    });
    return [...report.objects.values()].reduce((sum, one) => sum + one, 0);
  } catch (error) {
    wrong.push(`objects, seed ${seed}: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

async function livesOf(lives: readonly Life[], wrong: string[], done: (what: string) => void): Promise<number> {
  let well = 0;
  for (const { what, run } of lives)
    try {
      await run();
      well++;
      done(what);
    } catch (error) {
      wrong.push(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
    }
  return well;
}
