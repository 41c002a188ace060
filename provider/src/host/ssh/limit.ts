/** A limit of time over everything that one dial does. It can stand still: waiting for other dials of ours is not the host's doing. */
export class Limit {
  /** Rejects once the time is over; never resolves. */
  readonly over: Promise<never>;
  #seconds: number;
  #spent = 0;
  #since = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #end: () => void = () => {};

  /** `error` is asked when the time is over. */
  constructor(seconds: number, error: (seconds: number) => Error) {
    this.#seconds = seconds;
    this.over = new Promise((_resolve, reject) => {
      this.#end = () => reject(error(this.#seconds));
    });
    this.over.catch(() => {}); // it may be over when nobody waits for it any more
    this.goOn();
  }

  /** From now on it is so many seconds in all. */
  allow(seconds: number): void {
    this.stand();
    this.#seconds = seconds;
    this.goOn();
  }

  stand(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#spent += performance.now() - this.#since;
  }

  goOn(): void {
    this.#since = performance.now();
    this.#timer = setTimeout(this.#end, Math.max(0, this.#seconds * 1000 - this.#spent));
  }
}
