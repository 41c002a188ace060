import type { Host } from "../lab/lab";

/** A host to which resources are moved. One site uses it at a time. */
export class Spare {
  #last: Promise<void> = Promise.resolve();

  constructor(readonly host: Host) {}

  /** Waits for its turn; the answer gives the turn back. */
  async take(): Promise<() => void> {
    const before = this.#last;
    let done = (): void => {};
    this.#last = new Promise((resolve) => {
      done = resolve;
    });
    await before;
    return done;
  }
}
