import { addressOf, type Connection } from "../../declaration/connection";
import type { Intended } from "../../host/transaction/proposal";
import type { Declared } from "../../runtime/declared";
import type { PreviewedResource } from "./resources";
import { type Inputs, unclearIn, withoutLogin } from "./unclear";

/** One resource on one host: what it declares there before and after. */
export interface Resource {
  readonly kind: string;
  readonly urn: string;
  readonly parent: string | undefined;
  /** Such as `PolicyRule office`. */
  readonly name: string;
  /** `up` would do something about it. */
  readonly acts: boolean;
  readonly before: Declared | undefined;
  readonly after: Declared | undefined;
  /** Afterwards, as far as it is shown. */
  readonly inputs: Inputs | undefined;
  /** What `up` would ask of the host; undefined where it asks nothing. */
  readonly intended: (Intended & { readonly name: string }) | undefined;
}

export interface PlannedHost {
  /** As the program names its address, with its port where that is said. */
  readonly name: string;
  /** What the program calls it; undefined where it calls it nothing but its address. */
  readonly called: string | undefined;
  readonly connection: Connection;
  readonly resources: readonly Resource[];
  /** What the preview does not show of it. */
  readonly unsure: readonly string[];
}

export interface Gathered extends Omit<PlannedHost, "called"> {
  readonly resources: Resource[];
  readonly unsure: string[];
}

/** Gathers what is said of each host. */
export class Gathering {
  readonly #hosts = new Map<string, Gathered>();
  readonly unsure: string[] = [];

  at(connection: Connection): Gathered {
    const key = addressOf(connection);
    const { host, port } = connection;
    const known = this.#hosts.get(key) ?? { name: port === undefined ? host : `${host}:${port}`, connection, resources: [], unsure: [] };
    this.#hosts.set(key, known);
    return known;
  }

  /** Said of the hosts that the resource names, else of all. */
  cannotTell({ before, after }: Pick<PreviewedResource, "before" | "after">, text: string): void {
    const named = [before, after].flatMap((inputs) => connectionIn(inputs) ?? []);
    if (named.length === 0) this.unsure.push(`${text} (its host cannot be told)`);
    for (const host of new Set(named.map((one) => this.at(one)))) host.unsure.push(text);
  }

  get hosts(): Gathered[] {
    return [...this.#hosts.values()];
  }
}

/** How to reach the host, where at least that is said. */
function connectionIn(inputs: Inputs | undefined): Connection | undefined {
  const connection = inputs === undefined ? undefined : withoutLogin(inputs)["connection"];
  if (typeof connection !== "object" || connection === null || !("host" in connection) || typeof connection.host !== "string")
    return undefined;
  return unclearIn(connection).length > 0 ? undefined : { ...connection, host: connection.host };
}
