// The figures that the project promises, each computed from cases of one run.
import { type Row, rounded } from "./rows";

interface Figure {
  /** The case whose row shows it. */
  readonly of: string;
  readonly says: string;
  readonly limit: number;
  /** From the seconds of other cases with as many hosts; the first is `of`. */
  readonly from: readonly string[];
  ratio(...seconds: number[]): number;
}

const quotient = (ours = 0, floor = 0): number => ours / floor;

export const figures: readonly Figure[] = [
  { of: "granular-up", says: "/ engine-floor", limit: 1.1, from: ["engine-floor"], ratio: quotient },
  { of: "granular-noop", says: "/ engine-floor-noop", limit: 1.05, from: ["engine-floor-noop"], ratio: quotient },
  { of: "granular-preview", says: "/ engine-floor-preview", limit: 1.05, from: ["engine-floor-preview"], ratio: quotient },
  {
    of: "granular-refresh",
    says: "/ (engine-floor-refresh + raw-ssh-rule)",
    limit: 1.3,
    from: ["engine-floor-refresh", "raw-ssh-rule"],
    ratio: (ours = 0, floor = 0, raw = 0) => ours / (floor + raw),
  },
  {
    of: "granular-up-unguarded",
    says: "granular-up / it, less 1",
    limit: 0.1,
    from: ["granular-up"],
    ratio: (unguarded = 0, guarded = 0) => guarded / unguarded - 1,
  },
  { of: "direct-transaction", says: "/ raw-openssh", limit: 0.8, from: ["raw-openssh"], ratio: quotient },
  { of: "lookup", says: "100,000 lookups / 0.5 s", limit: 1, from: [], ratio: (seconds = 0) => seconds / 0.5 },
  { of: "login", says: "/ 60 ms", limit: 1, from: [], ratio: (seconds = 0) => seconds / 0.06 },
];

/** The rows with their figures, where all the cases ran that a figure needs. */
export function withFigures(rows: readonly Row[]): Row[] {
  return rows.map((row) => {
    const figure = figures.find(({ of }) => of === row.case);
    const others = figure?.from.map((name) => rows.find((other) => other.case === name && other.hosts === row.hosts)?.seconds);
    if (figure === undefined || others === undefined) return row;
    const known = others.filter((seconds) => seconds !== undefined);
    if (known.length < others.length) return row;
    return { ...row, figure: figure.says, ratio: rounded(figure.ratio(row.seconds, ...known)), limit: figure.limit };
  });
}
