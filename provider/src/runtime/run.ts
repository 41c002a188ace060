import { addressOf, type Connection } from "../declaration/connection";
import { PolicyRoutingError } from "../errors";
import type { Facts } from "../host/reading/facts";
import type { Take } from "../kernel/plan/change";
import type { Declared } from "./declared";
import type { Properties } from "./handlers";
import type { Kind } from "./kind";
import { sameness } from "./machine";

/** What the program declares of one resource; read only when somebody asks. */
interface Declaration {
  readonly kind: Kind;
  readonly inputs: Properties;
}

/** Asks a host live which machine it is; undefined when it does not answer. */
export type Ask = (connection: Connection) => Promise<Facts | undefined>;

/**
 * One `up`, as far as the engine tells this process of it: the plugin lives as long as a run. It knows what the program declares, so it finds one
 * host that the program names by two addresses: two resources would take one object from each other at every `up`.
 */
export class Run {
  readonly #declared = new Map<string, Declaration>();
  readonly #refreshed = new Set<string>();
  /** Keys that were taken from an id before the engine said whether the program still declares them. */
  readonly #taken = new Map<string, { readonly key: string; readonly address: string }[]>();

  /** A check was asked for, and only a program asks for one. */
  hasProgram = false;

  /** A refresh asks for a diff after it has read, of what is in the state: no declaration. */
  reads(id: string): void {
    this.#refreshed.add(id);
  }

  /** What the program declares, by the engine's question for a difference: true as `mustAsk`. */
  diff(id: string, kind: Kind, news: Properties): boolean {
    if (this.#refreshed.delete(id)) return false;
    this.declares(id, kind, news);
    return this.mustAsk(id);
  }

  /** True when its host is to be asked although nothing changed: another id took in this run, by another address, what it still declares. */
  mustAsk(id: string): boolean {
    const taken = this.#taken.get(id);
    const declared = taken === undefined ? undefined : this.#of(id);
    if (taken === undefined || declared === undefined) return false;
    return taken.some(({ key, address }) => addressOf(declared.connection) !== address && declares(declared, key));
  }

  declares(id: string, kind: Kind, inputs: Properties): void {
    this.#declared.set(id, { kind, inputs });
  }

  removes(id: string): void {
    this.#declared.delete(id);
  }

  /**
   * Why an id may not take over what others of its stack own on the host that it sees: the program declares it for them too, by another
   * address of the same host. Under one address it is the engine's own replacement. Who does not answer is not taken for the same host.
   */
  async refusal(id: string, own: Declared, takes: readonly Take[], here: Facts, ask: Ask): Promise<PolicyRoutingError | undefined> {
    const address = addressOf(own.connection);
    for (const { key, from } of takes) {
      const other = this.#of(from.id);
      if (other === undefined) {
        this.#taken.set(from.id, [...(this.#taken.get(from.id) ?? []), { key, address }]);
        continue;
      }
      if (addressOf(other.connection) === address || !declares(other, key)) continue;
      const there = await ask(other.connection);
      if (there !== undefined && sameness(here, there) === "same")
        return new PolicyRoutingError("conflict", {
          topic: "declared-twice",
          host: own.connection.host,
          object: key,
          what: `${id} declares it here, and ${from.id} at ${other.connection.host}; both addresses lead to one host, and one object has one owner`,
          next: "declare it once, or give both resources one address",
        });
    }
    return undefined;
  }

  #of(id: string): Declared | undefined {
    const found = this.#declared.get(id);
    return found?.kind.declared(found.inputs);
  }
}

const declares = ({ wanted }: Declared, key: string): boolean => wanted.some((one) => one.key === key);
