import type { Report } from "./iteration";
import type { Kind, Outcome } from "./judge";

type Counts = { count: number } & Partial<Record<Outcome, number>>;

const mostExamples = 20;

/** The figures of a soak. */
export class Tally {
  readonly #began = performance.now();
  #seconds: number | undefined;
  readonly #byFault = new Map<string, Counts>();
  readonly #failed: Record<Kind, number> = { lost: 0, wrong: 0, misreported: 0 };
  readonly #examples: unknown[] = [];
  faults = 0;

  constructor(
    readonly seed: number,
    names: readonly string[],
  ) {
    for (const name of names) this.#byFault.set(name, { count: 0 });
  }

  add(host: number, report: Report): void {
    this.faults++;
    const counts = this.#byFault.get(report.fault) ?? { count: 0 };
    counts.count++;
    for (const outcome of report.outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
    this.#byFault.set(report.fault, counts);
    // One fault counts once for each way to fail.
    for (const kind of new Set(report.failings.map((failing) => failing.kind))) this.#failed[kind]++;
    if (report.failings.length > 0 && this.#examples.length < mostExamples) this.#examples.push({ host, number: this.faults, ...report });
  }

  end(): void {
    this.#seconds ??= (performance.now() - this.#began) / 1000;
  }

  get isClean(): boolean {
    return Object.values(this.#failed).every((count) => count === 0);
  }

  result(): Record<string, unknown> {
    return {
      faults: this.faults,
      ...this.#failed,
      seed: this.seed,
      seconds: Math.round(this.#seconds ?? 0),
      byFault: Object.fromEntries(this.#byFault),
      "examples of failures": this.#examples,
    };
  }
}
