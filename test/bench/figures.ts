// The figures that the project promises, each computed from cases of one run.
import { doorPairs, ofPlugin, statePairs } from "./doors";
import { type Row, rounded } from "./rows";

/** Another case of the run: with as many hosts and objects a host as the row itself, where nothing else is said. */
interface Term {
  readonly case: string;
  readonly hosts?: number;
  readonly objects?: number;
}

interface Figure {
  /** The case whose rows show it. */
  readonly of: string;
  readonly says: string;
  readonly limit: number;
  /** Only rows of this many hosts, or objects a host. */
  readonly at?: { readonly hosts?: number; readonly objects?: number };
  /** Left out: of seconds. */
  readonly by?: "stateBytes";
  /** Whose values it is computed from, behind the row's own. */
  readonly from: readonly (string | Term)[];
  ratio(own: number, ...others: number[]): number;
}

const quotient = (ours: number, floor = 0): number => ours / floor;
const aboveFloor = (ours: number, floor = 0, other = 0): number => (ours - floor) / other;
const oneEach = (name: string, hosts?: number): Term => ({ case: name, objects: 1, ...(hosts === undefined ? {} : { hosts }) });
const rawRule: Term = { case: "raw-ssh-rule", objects: 0 };

/** What a stack of ten times the hosts takes; what grows faster without us, the engine's floor shows by the same figure. */
const growth = (of: string, objects?: number): Figure => ({
  of,
  says: "/ the same of 100 hosts",
  limit: 12,
  at: { hosts: 1000, ...(objects === undefined ? {} : { objects }) },
  from: [{ case: of, hosts: 100 }],
  ratio: quotient,
});

export const figures: readonly Figure[] = [
  { of: "granular-up", says: "/ engine-floor", limit: 1.1, from: ["engine-floor"], ratio: quotient },
  { of: "granular-noop", says: "/ engine-floor-noop", limit: 1.05, from: ["engine-floor-noop"], ratio: quotient },
  { of: "granular-preview", says: "/ engine-floor-preview", limit: 1.05, from: ["engine-floor-preview"], ratio: quotient },
  {
    of: "granular-refresh",
    says: "/ (engine-floor-refresh + raw-ssh-rule)",
    limit: 1.3,
    from: ["engine-floor-refresh", rawRule],
    ratio: (ours, floor = 0, raw = 0) => ours / (floor + raw),
  },
  {
    of: "granular-up-unguarded",
    says: "granular-up / it, less 1",
    limit: 0.1,
    from: ["granular-up"],
    ratio: (unguarded, guarded = 0) => guarded / unguarded - 1,
  },
  {
    of: "host-routing-up",
    says: "(it - floor) / raw-openssh",
    limit: 0.8,
    from: [oneEach("engine-floor"), "raw-openssh"],
    ratio: aboveFloor,
  },
  {
    of: "host-routing-up",
    says: "(it - engine-floor-inputs) / raw-openssh",
    limit: 0.8,
    from: ["engine-floor-inputs", "raw-openssh"],
    ratio: aboveFloor,
  },
  { of: "host-routing-up", says: "/ ansible-one-task", limit: 0.6, from: ["ansible-one-task"], ratio: quotient },
  { of: "host-routing-up", says: "/ ansible-task-per-object", limit: 0.05, from: ["ansible-task-per-object"], ratio: quotient },
  { of: "host-routing-up", says: "/ pulumi-command", limit: 1.1, from: ["pulumi-command"], ratio: quotient },
  {
    of: "host-routing-up",
    says: "(it - floor) / the same of 20 hosts",
    limit: 11,
    at: { hosts: 200 },
    from: [oneEach("engine-floor"), { case: "host-routing-up", hosts: 20 }, oneEach("engine-floor", 20)],
    ratio: (ours, floor = 0, fewer = 0, floorOfFewer = 0) => (ours - floor) / (fewer - floorOfFewer),
  },
  {
    of: "host-routing-up",
    says: "(it - floor) / the same of 22 objects",
    limit: 1.5,
    at: { objects: 200 },
    from: [oneEach("engine-floor"), { case: "host-routing-up", objects: 22 }],
    ratio: (ours, floor = 0, fewer = 0) => (ours - floor) / (fewer - floor),
  },
  { of: "host-routing-noop", says: "/ floor", limit: 1.1, from: [oneEach("engine-floor-noop")], ratio: quotient },
  {
    of: "host-routing-noop",
    says: "/ engine-floor-inputs-noop",
    limit: 1.1,
    from: ["engine-floor-inputs-noop"],
    ratio: quotient,
  },
  { of: "host-routing-preview", says: "/ floor", limit: 1.1, from: [oneEach("engine-floor-preview")], ratio: quotient },
  {
    of: "host-routing-preview",
    says: "/ engine-floor-inputs-preview",
    limit: 1.1,
    from: ["engine-floor-inputs-preview"],
    ratio: quotient,
  },
  {
    of: "host-routing-refresh",
    says: "(it - floor) / raw-ssh-rule",
    limit: 1.2,
    from: [oneEach("engine-floor-refresh"), rawRule],
    ratio: aboveFloor,
  },
  ...["up", "noop", "preview", "refresh"].map((operation) => growth(`host-routing-${operation}`)),
  ...["", "-noop", "-preview", "-refresh"].map((operation) => growth(`engine-floor${operation}`, 1)),
  ...["", "-noop", "-preview"].map((operation) => growth(`engine-floor-inputs${operation}`)),
  ...doorPairs.map((of): Figure => ({ of: ofPlugin(of), says: "/ the dynamic door", limit: 1.05, from: [of], ratio: quotient })),
  { of: "history-read", says: "/ ssh-cat-history", limit: 1.2, from: ["ssh-cat-history"], ratio: quotient },
  { of: "rollback", says: "/ change-rolled-back", limit: 1.2, from: ["change-rolled-back"], ratio: quotient },
  {
    of: "transaction-recorded",
    says: "/ transaction-unrecorded",
    limit: 1.03,
    from: ["transaction-unrecorded"],
    ratio: quotient,
  },
  ...statePairs.map(
    (of): Figure => ({ of: ofPlugin(of), says: "state / the dynamic door's", limit: 0.8, by: "stateBytes", from: [of], ratio: quotient }),
  ),
  { of: "import-whole-host", says: "/ 5 s", limit: 1, at: { objects: 200 }, from: [], ratio: (seconds) => seconds / 5 },
  { of: "report-live", says: "(it - 3 s) / raw-ssh-rule", limit: 1.3, from: [rawRule], ratio: (ours, raw = 0) => (ours - 3) / raw },
  { of: "report-stored", says: "/ 5 s", limit: 1, at: { hosts: 100 }, from: [], ratio: (seconds) => seconds / 5 },
  { of: "direct-transaction", says: "/ raw-openssh", limit: 0.8, from: ["raw-openssh"], ratio: quotient },
  { of: "lookup", says: "100,000 lookups / 0.5 s", limit: 1, from: [], ratio: (seconds) => seconds / 0.5 },
  { of: "login", says: "/ 60 ms", limit: 1, from: [], ratio: (seconds) => seconds / 0.06 },
];

/** The rows with their figures, where all the cases ran that a figure needs. */
export function withFigures(rows: readonly Row[]): Row[] {
  const found = (row: Row, term: string | Term, by: "seconds" | "stateBytes"): number | undefined => {
    const { case: name, hosts = row.hosts, objects = row.objectsPerHost } = typeof term === "string" ? { case: term } : term;
    return rows.find((other) => other.case === name && other.hosts === hosts && other.objectsPerHost === objects)?.[by];
  };
  return rows.map((row) => {
    const computed = figures.flatMap(({ of, at, says, limit, by: what, from, ratio }) => {
      const by = what ?? "seconds";
      const isMeant =
        of === row.case && (at?.hosts ?? row.hosts) === row.hosts && (at?.objects ?? row.objectsPerHost) === row.objectsPerHost;
      const own = row[by];
      const known = from.map((term) => found(row, term, by)).filter((value) => value !== undefined);
      return isMeant && own !== undefined && known.length === from.length
        ? [{ figure: says, ratio: rounded(ratio(own, ...known)), limit }]
        : [];
    });
    return computed.length === 0 ? row : { ...row, figures: computed };
  });
}
