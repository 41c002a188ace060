import { setTimeout } from "node:timers/promises";
import type { Connection } from "../declaration/connection";
import { messageOf, PolicyRoutingError, type Warning } from "../errors";
import { isCovered, type Look, nothingMore, together } from "../kernel/observed/look";
import { type Observation, observe } from "./reading/observe";
import { reached } from "./ssh/defaults";
import { transact } from "./transaction/transact";
import type { Applied, Work } from "./transaction/work";
import type { Answer } from "./wire/answer";
import { Session } from "./wire/session";
import { refuseIfStopped, unlessStopped } from "./wire/stop";

interface Reading {
  readonly look: Look;
  resolve(observation: Observation): void;
  reject(error: unknown): void;
}

interface Question {
  readonly text: string;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/**
 * Milliseconds in which what the engine wants of a host gathers before a transaction begins. The engine sends creates some 20 to 70 ms
 * apart, and a transaction costs both ends a login: two or three at a time halve the whole. A change of many objects does not wait.
 */
const gathering = 120;

/** Milliseconds for which what was read is told to other resources of the same run: a refresh reads each host about once. */
const freshness = 3000;

interface Seen {
  readonly look: Look;
  readonly observation: Observation;
  readonly at: number;
  /** What `ended` was when it began. */
  readonly behind: number;
}

/** Changes of this process that ended, whatever their host. Two addresses may lead to one: each of them makes old what was read at any. */
let ended = 0;

/**
 * One host's queue. While one transaction is on the wire, whatever other resources want of the host gathers and leaves together in the
 * next one: group commit, bounded by the wire and not by a timer.
 */
export class Host {
  readonly #session: Session;
  #works: Work[] = [];
  #readings: Reading[] = [];
  #questions: Question[] = [];
  #running = false;
  #seen: Seen | undefined;

  constructor(connection: Connection) {
    this.#session = new Session(connection, () => this.#works.length);
  }

  /** Resolves when the change was applied, verified and confirmed. */
  change(work: Omit<Work, "resolve" | "reject">): Promise<Applied> {
    const applied = new Promise<Applied>((resolve, reject) => {
      this.#works.push({ ...work, resolve, reject });
      void this.#run();
    });
    return applied.finally(() => void ended++);
  }

  /** What is there now. */
  look(look: Look): Promise<Observation> {
    return new Promise((resolve, reject) => {
      this.#readings.push({ look, resolve, reject });
      void this.#run();
    });
  }

  /** What it says of itself now, and not a moment ago. */
  lookAnew(look: Look = nothingMore): Promise<Observation> {
    this.#seen = undefined;
    return this.look(look);
  }

  /** Asks by a frame of its own, between what else is on the wire. */
  ask(text: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#questions.push({ text, resolve, reject });
      void this.#run();
    });
  }

  warn(warning: Warning): void {
    this.#session.warn(warning);
  }

  close(): void {
    this.#session.close();
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    // What other resources ask for in the same turn of the event loop goes along.
    await new Promise(setImmediate);
    while (this.#works.length + this.#readings.length + this.#questions.length > 0) {
      for (const question of this.#questions.splice(0)) await this.#ask(question);
      await this.#read(this.#readings.splice(0));
      await this.#transact();
      this.#session.progress.end(() => "has ended");
    }
    this.#running = false;
  }

  async #ask({ text, resolve, reject }: Question): Promise<void> {
    try {
      resolve(await (await this.#session.shell()).run(text));
    } catch (error) {
      reject(error);
    }
  }

  async #read(readings: readonly Reading[]): Promise<void> {
    if (readings.length === 0) return;
    const seen = this.#fresh();
    const wanted = together([...readings.map(({ look }) => look), ...(seen === undefined ? [] : [seen.look])]);
    if (seen !== undefined && isCovered(wanted, seen.look)) {
      for (const { resolve } of readings) resolve(seen.observation);
      return;
    }
    const behind = ended;
    try {
      const shell = await this.#session.shell();
      this.#session.progress.begin(() => "reads what is there");
      const observation = await unlessStopped(this.#session.host, observe(shell, wanted, this.#session.warn));
      this.#seen = { look: observation.seen, observation, at: performance.now(), behind };
      this.#session.report(observation.left);
      for (const { resolve } of readings) resolve(observation);
    } catch (error) {
      for (const { reject } of readings) reject(error);
    }
  }

  /** The last reading, while nothing was changed since. */
  #fresh(): Seen | undefined {
    const seen = this.#seen;
    return seen?.behind === ended && performance.now() - seen.at < freshness ? seen : undefined;
  }

  /** One group: works of equal guards, so that none is applied under another's terms. */
  async #transact(): Promise<void> {
    if (this.#works.length > 0 && this.#works.every(({ change }) => change.wanted.length <= 1)) await setTimeout(gathering);
    const [first] = this.#works;
    if (first === undefined) return;
    this.#seen = undefined;
    const terms = ({ guard, change: { tags, stack } }: Work): string => JSON.stringify([guard, tags, stack]);
    const group = this.#works.filter((work) => terms(work) === terms(first));
    this.#works = this.#works.filter((work) => !group.includes(work));
    try {
      refuseIfStopped(this.#session.host);
      this.#works.unshift(...(await transact(this.#session, group)));
    } catch (error) {
      for (const { reject } of group)
        reject(
          error instanceof Error
            ? error
            : new PolicyRoutingError("bug", { topic: "bug", host: this.#session.host, what: messageOf(error) }),
        );
    }
  }
}

/** The engine may hand the fields of a connection over in any order. */
function inOneOrder(value: unknown): unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
}

const hosts = new Map<string, Host>();

/** The host of a connection: one for the life of the process, whatever asks for it. */
export function hostOf(connection: Connection): Host {
  const key = JSON.stringify(reached(connection), (_name, value: unknown) => inOneOrder(value));
  const host = hosts.get(key) ?? new Host(connection);
  hosts.set(key, host);
  return host;
}

/** Ends all connections: for a process that goes on living. */
export function closeHosts(): void {
  for (const host of hosts.values()) host.close();
  hosts.clear();
}
