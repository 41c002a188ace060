/**
 * How long this thread's processor was used at one stretch, without a turn of the event loop (or with two, when they are short): by the
 * processor's time, so that what else runs on the machine does not count.
 */
export class Stretches {
  #longest = 0;
  #isOn = false;
  #since = process.threadCpuUsage();

  begin(): void {
    this.#longest = 0;
    this.#isOn = true;
    this.#since = process.threadCpuUsage();
    setTimeout(() => this.#turn(), 2);
  }

  #turn(): void {
    const { user, system } = process.threadCpuUsage(this.#since);
    this.#longest = Math.max(this.#longest, (user + system) / 1000);
    this.#since = process.threadCpuUsage();
    if (this.#isOn) setTimeout(() => this.#turn(), 2);
  }

  /** Milliseconds of the longest one since `begin`. */
  end(): number {
    this.#isOn = false;
    return this.#longest;
  }
}
