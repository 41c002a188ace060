import { type Choice, checkLater, choose, type Wish } from "../../provider/src/kernel/history/back";
import { changeBack, toDo } from "../../provider/src/kernel/history/changeBack";
import type { Moment } from "../../provider/src/kernel/history/held";
import { deltasOf, keysOfPlan, type Revision } from "../../provider/src/kernel/history/revision";
import { parseRevision, printRevision } from "../../provider/src/kernel/history/text";
import type { State } from "../../provider/src/kernel/observed/state";
import { parseNeighbours } from "../../provider/src/kernel/persist/neighbours";
import { type StorePlan, storePlan } from "../../provider/src/kernel/persist/store";
import type { StoredObject } from "../../provider/src/kernel/persist/stored";
import type { Change } from "../../provider/src/kernel/plan/change";
import type { ChangePlan } from "../../provider/src/kernel/plan/plan";

const boot = "b";

/** What a host keeps beside its kernel: what puts it back after a reboot, and what each confirmed change did, as text. */
export class ModelHistory {
  readonly #texts: string[][] = [];
  #objects: ReadonlyMap<string, StoredObject>;

  constructor(objects: ReadonlyMap<string, StoredObject> = new Map()) {
    this.#objects = objects;
  }

  get objects(): ReadonlyMap<string, StoredObject> {
    return this.#objects;
  }

  /** The number of the newest revision. */
  get newest(): number {
    return this.#texts.length;
  }

  /** Behind a confirm: it is persisted, and recorded unless nothing differs. */
  keep(planned: ChangePlan, before: State, after: State, run: string): StorePlan {
    const was: Moment = { state: before, objects: this.#objects };
    const store = storePlan(
      planned,
      {},
      {
        auto: "systemd",
        script: "1",
        disabled: false,
        inPlace: new Set(["systemd"]),
        fought: new Set(),
        neighbours: parseNeighbours(""),
        objects: this.#objects,
      },
      "1",
    );
    const files = new Map([...this.#objects, ...store.written.map((one) => [one.file, one] as const)]);
    for (const file of store.removed) files.delete(file);
    this.#objects = files;
    const deltas = deltasOf(keysOfPlan(planned), was, { state: after, objects: files });
    const { stack, tags } = planned.change;
    const n = this.newest + 1;
    const header = { time: "2026-11-25T14:36:00Z", txn: `t-${n}`, boot, stack, tag: tags.owner, who: "bob@ci", run };
    if (deltas.length > 0) this.#texts.push(printRevision({ ...header, ...(n > 1 ? { previous: `t-${n - 1}` } : {}) }, deltas));
    return store;
  }

  /** What goes back, as a rollback would on this host: undefined where nothing is to be done. */
  back(id: string, wish: Wish, state: State): Change | undefined {
    const all = this.#revisions();
    const whole = choose(all, wish);
    if (whole === undefined) return undefined;
    const choice: Choice = { ...whole, back: toDo(whole.back, { state, objects: this.#objects }) };
    if (choice.back.length === 0) return undefined;
    checkLater(all, choice);
    return changeBack(id, choice, wish, boot);
  }

  #revisions(): Revision[] {
    return this.#texts.map((lines, index) => {
      const found = parseRevision(lines);
      if (found === undefined) throw new Error(`not read as it was printed: ${lines.join("\n")}`);
      return { n: index + 1, bytes: lines.join("\n").length, ...found };
    });
  }
}
