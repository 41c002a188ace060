import { setMaxListeners } from "node:events";
import { isPolicyRoutingError, PolicyRoutingError } from "../../errors";

/**
 * Whether the person stopped the run. Then nothing more is begun: no dial but those for which a guard runs, no transaction. What a host was sent and
 * did not confirm yet is undone at once, and what it is confirming goes on to its end: only so can its end be told.
 */
const controller = new AbortController();
setMaxListeners(0, controller.signal); // one for each host that is dialled

/** Whether a change that is held under guard is to be undone: nobody is left who would hear how it ends. */
const holding = new AbortController();
setMaxListeners(0, holding.signal);

/** For good: the process is one run. */
export const stop = (): void => {
  controller.abort();
  endHolds();
};
export const endHolds = (): void => holding.abort();
export const isStopped = (): boolean => controller.signal.aborted;

/** Of an error of `unlessStopped`. */
export const isStop = (error: unknown): boolean => isPolicyRoutingError(error) && error.kind === "stopped";

const stopped = (host: string): PolicyRoutingError =>
  new PolicyRoutingError("stopped", { topic: "stopped", host, what: "not begun: the run was stopped first", next: "run it again" });

export function refuseIfStopped(host: string): void {
  if (isStopped()) throw stopped(host);
}

/** Given up when the run is stopped; `late` gets what comes of it all the same. */
export const unlessStopped = <Value>(host: string, work: Promise<Value>, late?: (value: Value) => void): Promise<Value> =>
  unless(controller.signal, host, work, late);

/** The same for what belongs to a hold. */
export const whileHeld = <Value>(host: string, work: Promise<Value>, late?: (value: Value) => void): Promise<Value> =>
  unless(holding.signal, host, work, late);

function unless<Value>(signal: AbortSignal, host: string, work: Promise<Value>, late: (value: Value) => void = () => {}): Promise<Value> {
  return new Promise((resolve, reject) => {
    const give = (): void => {
      reject(stopped(host));
      work.then(late, () => {});
    };
    if (signal.aborted) give();
    else signal.addEventListener("abort", give, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", give));
  });
}
