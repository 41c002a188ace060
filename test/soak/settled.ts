import { until } from "../lab/until";
import type { Case, Fault } from "./faults/fault";
import { guardSeconds } from "./guardSeconds";
import { type Standing, standingOf } from "./standing";
import { at } from "./view";

/** Beyond the guard's deadline: five seconds for whoever still changes something, and the undo. A removal has the guard that was declared. */
const patience = (guardSeconds.unhindered + 25) * 1000;
/** To look costs the host two dozen processes. */
const pause = 250;

/**
 * Waits until no guard is armed or at work, and the lock is free: a controller that was killed leaves its lease to run out. Where nothing
 * undoes, or an undo failed, it is for the next who comes. Where a service puts back what is missing, until it did.
 */
export async function settled({ site, damage }: Case, fault: Fault, isReported: boolean): Promise<void> {
  const { host, traits } = site;
  let last: Standing | undefined;
  const look = async (): Promise<true | undefined> => {
    last = await standingOf(host);
    return last.open.length === 0 && (!isReported || last.lock === "") ? true : undefined;
  };
  if (damage.unguarded !== true && fault.jams !== true)
    await until("guards to end", look, patience, pause).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${last?.open.join(" ")} ${last?.text ?? ""}`);
    });
  if (!traits.has("monitor") || (damage.gone === undefined && damage.rebooted === undefined)) return;
  let missing: string[] = [];
  const isBack = async (): Promise<true | undefined> => {
    const [view, { store }] = [await site.view(), await standingOf(host)];
    missing = [...store.keys()].filter((slot) => at(view, slot).length === 0);
    return missing.length === 0 ? true : undefined;
  };
  await until("the service to put back what is missing", isBack, patience, pause).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${missing.join(", ")}`);
  });
}
