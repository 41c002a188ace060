import type { Random } from "./random";
import type { Trait } from "./site";

/** What can be dealt: a kind of fault, or a kind of change. */
export interface Kind {
  readonly name: string;
  readonly group: string;
  /** What a host must be for it. */
  readonly on?: readonly Trait[];
  /** Takes so long that it is left out of every other round but the first. */
  readonly rare?: boolean;
  /** The kind of change that it is about. */
  readonly subject?: string;
}

export interface Card<Fault, Subject> {
  readonly fault: Fault;
  readonly subject: Subject;
}

export interface Deal<Fault, Subject> {
  /** In sequence, for each host. */
  readonly hands: readonly (readonly Card<Fault, Subject>[])[];
  /** What no host of the run can be given. */
  readonly impossible: readonly string[];
}

/** What a kind that takes long counts beside a usual one. */
const long = 8;

const suits = ({ on = [] }: Kind, host: ReadonlySet<Trait>): boolean => on.every((trait) => host.has(trait));

/**
 * Deals faults and changes out over all hosts: every kind once, then again, always to the host that has the least to do. A run that is too
 * short for every kind has some of every group.
 */
export function deal<Fault extends Kind, Subject extends Kind>(
  random: Random,
  count: number,
  hosts: readonly ReadonlySet<Trait>[],
  faults: readonly Fault[],
  subjects: readonly Subject[],
): Deal<Fault, Subject> {
  const about = ({ subject }: Fault): Subject | undefined => subjects.find(({ name }) => name === subject);
  const bears = (host: ReadonlySet<Trait>, fault: Fault): boolean => {
    const pinned = about(fault);
    return suits(fault, host) && (fault.subject === undefined || (pinned !== undefined && suits(pinned, host)));
  };
  const possible = faults.filter((fault) => hosts.some((host) => bears(host, fault)));
  const changes = subjects.filter((subject) => hosts.some((host) => suits(subject, host)));
  const seats = hosts.map((traits) => ({ traits, hand: [] as Card<Fault, Subject>[], load: 0 }));
  const pool: Subject[] = [];
  const next = (host: ReadonlySet<Trait>): Subject | undefined => {
    if (!pool.some((subject) => suits(subject, host))) pool.push(...byGroups(random, changes));
    const index = pool.findIndex((subject) => suits(subject, host));
    return index === -1 ? undefined : pool.splice(index, 1)[0];
  };
  const deck = rounds(random, possible, count);
  for (let dealt = 0; dealt < count && possible.length > 0; dealt++) {
    const { value: fault } = deck.next();
    const [seat] = seats.filter(({ traits }) => bears(traits, fault)).sort((a, b) => a.load - b.load);
    const subject = seat === undefined ? undefined : (about(fault) ?? next(seat.traits));
    if (seat === undefined || subject === undefined) throw new Error(`nothing to change while ${fault.name}`);
    seat.hand.push({ fault, subject });
    seat.load += fault.rare === true ? long : 1;
  }
  return {
    hands: seats.map(({ hand }) => hand),
    impossible: [...faults.filter((fault) => !possible.includes(fault)), ...subjects.filter((subject) => !changes.includes(subject))].map(
      ({ name }) => name,
    ),
  };
}

/** All, then the usual ones, and so on; without those that take long, where not all can be had. */
function* rounds<One extends Kind>(random: Random, all: readonly One[], count: number): Generator<One, never> {
  const usual = all.filter(({ rare }) => rare !== true);
  if (count < all.length && usual.length > 0) yield* byGroups(random, usual);
  for (;;) {
    yield* byGroups(random, all);
    yield* byGroups(random, usual);
  }
}

/** Shuffled, one of each group after the other. */
function byGroups<One extends { readonly group: string }>(random: Random, all: readonly One[]): One[] {
  const names = random.shuffle([...new Set(all.map(({ group }) => group))]);
  const groups = names.map((name) => random.shuffle(all.filter(({ group }) => group === name)));
  const order: One[] = [];
  for (let index = 0; order.length < all.length; index++) for (const group of groups) order.push(...group.slice(index, index + 1));
  return order;
}
