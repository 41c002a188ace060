import { messageOf, PolicyRoutingError } from "../errors";
import type { Connection } from "../spec/connection";
import { type Look, together } from "./look";
import { type Observation, observe } from "./observe";
import { Session } from "./session";
import { transact } from "./transact";
import type { Applied, Work } from "./work";

interface Reading {
  readonly look: Look;
  resolve(observation: Observation): void;
  reject(error: unknown): void;
}

/**
 * One host's queue. While one transaction is on the wire, whatever other resources want of the host gathers and leaves together in the
 * next one: group commit, bounded by the wire and not by a timer.
 */
export class Host {
  readonly #session: Session;
  #works: Work[] = [];
  #readings: Reading[] = [];
  #running = false;

  constructor(connection: Connection) {
    this.#session = new Session(connection);
  }

  /** Resolves when the change was applied, verified and confirmed. */
  change(work: Pick<Work, "change" | "look" | "guard">): Promise<Applied> {
    return new Promise((resolve, reject) => {
      this.#works.push({ ...work, resolve, reject });
      void this.#run();
    });
  }

  /** What is there now. */
  look(look: Look): Promise<Observation> {
    return new Promise((resolve, reject) => {
      this.#readings.push({ look, resolve, reject });
      void this.#run();
    });
  }

  warn(text: string, object?: string): void {
    this.#session.warn(text, object);
  }

  close(): void {
    this.#session.close();
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    // What other resources ask for in the same turn of the event loop goes along.
    await new Promise(setImmediate);
    while (this.#works.length + this.#readings.length > 0) {
      await this.#read(this.#readings.splice(0));
      await this.#transact();
    }
    this.#running = false;
  }

  async #read(readings: readonly Reading[]): Promise<void> {
    if (readings.length === 0) return;
    try {
      const observation = await observe(await this.#session.shell(), together(readings.map(({ look }) => look)), this.#session.warn);
      this.#session.report(observation.left);
      for (const { resolve } of readings) resolve(observation);
    } catch (error) {
      for (const { reject } of readings) reject(error);
    }
  }

  /** One group: works of equal guards, so that none is applied under another's terms. */
  async #transact(): Promise<void> {
    const [first] = this.#works;
    if (first === undefined) return;
    const terms = ({ guard, change: { tags, stack } }: Work): string => JSON.stringify([guard, tags, stack]);
    const group = this.#works.filter((work) => terms(work) === terms(first));
    this.#works = this.#works.filter((work) => !group.includes(work));
    try {
      this.#works.unshift(...(await transact(this.#session, group)));
    } catch (error) {
      for (const { reject } of group)
        reject(error instanceof Error ? error : new PolicyRoutingError("bug", { host: this.#session.host, what: messageOf(error) }));
    }
  }
}

const hosts = new Map<string, Host>();

/** The host of a connection: one for the life of the process, whatever asks for it. */
export function hostOf(connection: Connection): Host {
  const key = JSON.stringify(connection, Object.keys(connection).sort());
  const host = hosts.get(key) ?? new Host(connection);
  hosts.set(key, host);
  return host;
}

/** Ends all connections: for a process that goes on living. */
export function closeHosts(): void {
  for (const host of hosts.values()) host.close();
  hosts.clear();
}
