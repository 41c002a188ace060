import type { Verdict } from "./iteration";
import type { FailingKind, Outcome } from "./judge";

type Counts = { count: number; struck: number } & Partial<Record<Outcome, number>>;

const mostExamples = 20;

export interface Ground {
  readonly seed: number;
  readonly hosts: readonly string[];
  /** Kinds of faults and of changes that are to be drawn. */
  readonly faults: readonly string[];
  readonly subjects: readonly string[];
  /** Those that no host of the run can be given, and why there are no booted ones. */
  readonly impossible: readonly string[];
  readonly whyNotBooted: string | undefined;
}

/** The figures of a soak. */
export class Tally {
  readonly #began = performance.now();
  #seconds: number | undefined;
  readonly #byFault: Map<string, Counts>;
  readonly #bySubject: Map<string, Counts>;
  readonly #failed: Record<FailingKind, number> = { lost: 0, wrong: 0, misreported: 0 };
  readonly #examples: unknown[] = [];
  faults = 0;

  constructor(readonly ground: Ground) {
    const none = (names: readonly string[]): Map<string, Counts> => new Map(names.map((name) => [name, { count: 0, struck: 0 }]));
    this.#byFault = none(ground.faults);
    this.#bySubject = none(ground.subjects);
  }

  /** Returns its number. */
  add(host: number, verdict: Verdict): number {
    const number = ++this.faults;
    for (const [counts, name] of [
      [this.#byFault, verdict.fault],
      [this.#bySubject, verdict.subject],
    ] as const) {
      const one = counts.get(name) ?? { count: 0, struck: 0 };
      one.count++;
      if (verdict.isStruck) one.struck++;
      for (const outcome of verdict.outcomes) one[outcome] = (one[outcome] ?? 0) + 1;
      counts.set(name, one);
    }
    this.fail(host, verdict);
    return number;
  }

  /** One fault counts once for each way to fail. */
  fail(host: number, { failings, ...rest }: Pick<Verdict, "failings"> & Partial<Verdict>): void {
    for (const kind of new Set(failings.map((failing) => failing.kind))) this.#failed[kind]++;
    if (failings.length > 0 && this.#examples.length < mostExamples) this.#examples.push({ host, number: this.faults, ...rest, failings });
  }

  end(): void {
    this.#seconds ??= (performance.now() - this.#began) / 1000;
  }

  /** Kinds that were not drawn, or never struck; where there were faults enough for each. */
  get missing(): string[] {
    const { impossible } = this.ground;
    const kinds = [...this.#byFault, ...this.#bySubject].filter(([name]) => !impossible.includes(name));
    return this.faults < this.ground.faults.length ? [] : kinds.filter(([, { struck }]) => struck === 0).map(([name]) => name);
  }

  get isClean(): boolean {
    return Object.values(this.#failed).every((count) => count === 0) && this.missing.length === 0;
  }

  result(): Record<string, unknown> {
    const { seed, hosts, impossible, whyNotBooted } = this.ground;
    return {
      faults: this.faults,
      ...this.#failed,
      "not drawn or never struck": this.missing,
      seed,
      seconds: Math.round(this.#seconds ?? 0),
      hosts,
      ...(whyNotBooted === undefined ? {} : { "no booted hosts": whyNotBooted }),
      ...(impossible.length === 0 ? {} : { "not possible on these hosts": impossible }),
      byFault: Object.fromEntries(this.#byFault),
      bySubject: Object.fromEntries(this.#bySubject),
      "examples of failures": this.#examples,
    };
  }
}
