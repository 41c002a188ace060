import { until } from "../lab/until";
import type { Declared } from "./declared";
import { type Remains, remainsOf } from "./remains";
import type { Subject } from "./subject";
import { compare, Untrue } from "./untrue";
import { type View, viewOf } from "./view";

/** A resource that is held by a machine, as far as it can be seen there. */
export interface Standing {
  readonly declared: Declared;
  readonly subject: Subject;
  readonly id: string;
}

interface Before extends View {
  /** Whether a monitor ran, of somebody else's persisted objects. */
  readonly watched: boolean;
}

/** What machines were like before the product came: what must stay while it works, and must be so again when it has gone. */
export class Ground {
  readonly #before = new Map<Subject, Before>();
  /** What is not ours for the moment, where that is not what it was before. */
  readonly #others = new Map<Subject, readonly string[]>();

  constructor(private readonly subjects: readonly Subject[]) {}

  async survey(): Promise<void> {
    for (const subject of this.subjects) {
      const watched = (await remainsOf(subject)).processes.length > 0;
      this.#before.set(subject, { ...(await viewOf(subject)), watched });
    }
  }

  #of(subject: Subject): Before {
    const before = this.#before.get(subject);
    if (before === undefined) throw new Error("nobody has looked at it before");
    return before;
  }

  /** Somebody else changes something for a while: that is what must stay. */
  async others(subject: Subject, those: "there now" | "as before"): Promise<void> {
    if (those === "there now") this.#others.set(subject, (await viewOf(subject)).others);
    else this.#others.delete(subject);
  }

  /** Ours is as declared, nothing else is touched, no guard, no lock, and the register names the owners. `ids` are all that ever were. */
  async settled(standing: readonly Standing[], ids: ReadonlySet<string>): Promise<void> {
    for (const subject of this.subjects) {
      const here = standing.filter((one) => one.subject === subject);
      const { register } = await atRest(subject);
      const wanted = [...new Set([...this.#of(subject).ours, ...here.flatMap(({ declared }) => declared.shows)])].sort();
      const others = this.#others.get(subject) ?? this.#of(subject).others;
      const view = await viewOf(subject);
      compare("ours is not what was told", wanted, view.ours);
      compare("what is not ours differs", others, view.others);
      const owners = new Set(register.values());
      // Of two that declare the same, one is the owner: a rename is on its way.
      const named = new Set(here.filter(({ id }) => owners.has(id)).map(({ declared }) => declared.shows.join("\n")));
      for (const { id, declared } of here)
        if (declared.shows.length > 0 && !named.has(declared.shows.join("\n"))) throw new Untrue(`the register does not name ${id}`);
      for (const id of owners) if (ids.has(id) && !here.some((one) => one.id === id)) throw new Untrue(`the register still names ${id}`);
    }
  }

  /** Nothing of the product is left on any machine: it is as before, files and settings too. Its sessions have ended. */
  async clean(ids: ReadonlySet<string>): Promise<void> {
    for (const subject of this.subjects) {
      const before = this.#of(subject);
      const all = ({ ours, others, files }: View): string[] => [...ours, ...others, ...files];
      compare("not as before", all(before), all(await viewOf(subject)));
      const { register } = await atRest(subject);
      const owned = [...register].filter(([, id]) => ids.has(id)).map((one) => one.join(" of "));
      if (owned.length > 0) throw new Untrue(`left in the register of ${subject.host.name}: ${owned.join("; ")}`);
      if (before.watched) continue;
      let running: readonly string[] = [];
      const idle = async (): Promise<true | undefined> => {
        running = (await remainsOf(subject)).processes;
        return running.length === 0 ? true : undefined;
      };
      await until("processes to end", idle, longest, 100).catch(() =>
        Promise.reject(new Untrue(`still running on ${subject.host.name}: ${running.map((line) => line.slice(0, 60)).join("; ")}`)),
      );
    }
  }
}

/** A guard needs a moment to see that it was confirmed. */
const longest = 10_000;

async function atRest(subject: Subject): Promise<Remains> {
  let last: Remains | undefined;
  const rest = async (): Promise<Remains | undefined> => {
    last = await remainsOf(subject);
    return last.busy.length === 0 ? last : undefined;
  };
  return until("guards and locks to end", rest, longest, 100).catch(() =>
    Promise.reject(new Untrue(`left on ${subject.host.name}: ${last?.busy.join("; ")}`)),
  );
}
