import { setTimeout as sleep } from "node:timers/promises";
import { type Answered, Controller } from "../soak/controller";
import { outcomeOf } from "../soak/judge";
import type { Call, Fields } from "../soak/protocol";
import { type Declared, declarations, type Name } from "./declared";
import { Ground, type Standing } from "./ground";
import type { Profile } from "./profile";
import type { Subject } from "./subject";
import { Refused, Untrue } from "./untrue";

/** A resource in the engine's state. */
export interface Held extends Standing {
  readonly state: Fields;
}

/** What a person may say besides the declaration: fields of the resource, on which machine, by which of its addresses. */
export interface Terms {
  readonly terms?: Fields;
  readonly subject?: Subject;
  readonly which?: 0 | 1;
}

export const stack = "organization/hosts/contract";
/** Longer than anything may take, so that a controller that says nothing is a failure and not an endless test. */
const patience = 240_000;

/** A profile's machines while the contract runs on them, and what the engine would know. */
export class Trial {
  readonly controller = new Controller();
  readonly held = new Map<string, Held>();
  /** Every id that there ever was. */
  readonly #ids = new Set<string>();
  readonly ground: Ground;
  /** Whether what is declared is what it was changed to. */
  isChanged = false;

  constructor(
    readonly profile: Profile,
    readonly subjects: readonly [Subject, ...Subject[]],
  ) {
    this.ground = new Ground(subjects);
  }

  get subject(): Subject {
    return this.subjects[0];
  }

  /** Everything is as it was told. */
  async settled(): Promise<void> {
    await this.ground.settled([...this.held.values()], this.#ids);
  }

  /** Nothing is left. */
  async clean(): Promise<void> {
    await this.controller.stop();
    await this.ground.clean(this.#ids);
  }

  declared(name: Name, subject = this.subject): Declared {
    return declarations(subject.uplink, this.profile.owner ?? 214, this.isChanged)[name];
  }

  /** The inputs of a resource, as check leaves them. */
  async fields(subject: Subject, fields: Fields, which: 0 | 1 = 0): Promise<Fields> {
    const owner = { stack, ...(this.profile.owner === undefined ? {} : { proto: this.profile.owner }) };
    const { guard } = this.profile;
    return { connection: await subject.connection(which), owner, ...(guard === undefined ? {} : { guard }), ...fields };
  }

  /** What follows is another run of the engine: nothing of what was read is remembered. */
  async nextRun(): Promise<void> {
    await this.controller.stop();
  }

  /** Runs calls side by side, within a limit. */
  async call(calls: readonly Call[]): Promise<Answered[]> {
    const late = new AbortController();
    const answers = await Promise.race([
      this.controller.run(calls),
      sleep(patience, undefined, { signal: late.signal, ref: false }).catch(() => undefined),
    ]);
    late.abort();
    if (answers !== undefined) return answers;
    await this.controller.stop();
    throw new Untrue(
      `no answer within ${patience / 1000} s to ${calls.map((call) => `${call.method} ${"kind" in call ? call.kind : ""}`).join(", ")}`,
    );
  }

  /** Takes what was answered into the state, as the engine does, and fails where one was refused. */
  async #keep(made: readonly { name: string; declared: Declared; subject: Subject }[], answers: readonly Answered[]): Promise<void> {
    for (const [index, { name, declared, subject }] of made.entries()) {
      const { ok } = answers[index]?.reply ?? {};
      if (ok?.id === undefined || ok.state === undefined) continue;
      this.#ids.add(ok.id);
      this.held.set(name, { declared, subject, id: ok.id, state: ok.state });
    }
    await this.#judge(answers);
  }

  /** What was told must be so; only then a refusal is one. Where it was told that something differs, or nothing, there is nothing to compare. */
  async #judge(answers: readonly Answered[]): Promise<void> {
    const outcomes = answers.map(outcomeOf);
    for (const [index, { reply }] of answers.entries()) {
      const told = reply?.failed?.outcome;
      if (told !== undefined && told !== outcomes[index])
        throw new Untrue(`${told} to the engine, and to the person: ${reply?.failed?.message}`);
    }
    if (!outcomes.some((outcome) => outcome === "differs" || outcome === "unknown" || outcome === "unreported")) await this.settled();
    refuse(answers);
  }

  /** Declares resources side by side: those that are held are updated, in contents, address or machine, the others are made. */
  async up(wanted: Readonly<Record<string, Declared>>, { terms = {}, subject = this.subject, which = 0 }: Terms = {}): Promise<void> {
    const made = Object.entries(wanted).map(([name, declared]) => ({ name, declared, subject }));
    const calls = made.map(async ({ name, declared: { kind, fields } }): Promise<Call> => {
      const inputs = await this.fields(subject, { ...fields, ...terms }, which);
      const held = this.held.get(name);
      return held === undefined
        ? { method: "create", kind, fields: inputs }
        : { method: "update", kind, id: held.id, state: held.state, fields: inputs };
    });
    await this.#keep(made, await this.call(await Promise.all(calls)));
  }

  async remove(names: readonly string[]): Promise<void> {
    const gone = names.map((name) => ({ name, ...this.of(name) }));
    const answers = await this.call(gone.map(({ declared: { kind }, id, state }) => ({ method: "delete", kind, id, state })));
    for (const [index, { name }] of gone.entries()) if (answers[index]?.reply?.ok !== undefined) this.held.delete(name);
    await this.#judge(answers);
  }

  /** What a refresh says of each: its inputs, undefined where it is gone. The state becomes what was read. */
  async read(names: readonly string[]): Promise<Map<string, Fields | undefined>> {
    const all = names.map((name) => ({ name, ...this.of(name) }));
    const answers = await this.call(all.map(({ declared: { kind }, id, state }) => ({ method: "read", kind, id, state })));
    refuse(answers);
    return new Map(
      all.map(({ name }, index) => {
        const { inputs, state } = answers[index]?.reply?.ok ?? {};
        if (state !== undefined) this.held.set(name, { ...this.of(name), state });
        return [name, inputs];
      }),
    );
  }

  /** A person takes back what the last run changed. */
  async takeBack(): Promise<void> {
    const { subject, profile } = this;
    const connection = await subject.connection(0);
    refuse(await this.call([{ method: "rollback", connection, stack, seconds: profile.seconds ?? 30 }]));
  }

  /** The engine lets go of what a refresh said is gone: the register may name it until somebody takes its place. */
  forget(name: string): void {
    this.#ids.delete(this.of(name).id);
    this.held.delete(name);
  }

  /** Somebody else changed what stands of a resource: what must be seen now, until it is declared anew. */
  shows(name: string, shows: readonly string[]): void {
    const { declared, ...rest } = this.of(name);
    this.held.set(name, { ...rest, declared: { ...declared, shows } });
  }

  of(name: string): Held {
    const one = this.held.get(name);
    if (one === undefined) throw new Error(`${name} is not held`);
    return one;
  }
}

function refuse(answers: readonly Answered[]): void {
  const failed = answers.filter(({ reply }) => reply?.ok === undefined);
  const [first] = failed;
  if (first === undefined) return;
  // One of a group stands for the others, the worst of them.
  const worst = failed.find((one) => ["differs", "unknown"].includes(outcomeOf(one))) ?? first;
  throw new Refused(worst.reply?.failed?.message ?? "the controller is gone", outcomeOf(worst));
}
