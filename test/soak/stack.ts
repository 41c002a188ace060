import { Controller } from "./controller";
import type { Declaration } from "./declaration";
import type { Fields } from "./protocol";

/** Where a resource is managed: by the one or the other address of its host, or on the spare host. */
export type Door = "first" | "second" | "spare";

/** A resource as the program has it. */
export interface Resource {
  /** Nobody else's, in either stack. */
  readonly name: string;
  /** Who draws it and changes it again. */
  readonly sort: string;
  readonly declaration: Declaration;
  readonly door: Door;
  /** What it says beside the entry itself, such as `adopt`. */
  readonly also: Fields;
  /** The foreign lines that it takes over. */
  readonly takes: readonly string[];
  /** The slots of what is in nobody's name and goes because it is exclusive. */
  readonly sweeps: readonly string[];
  /** Seconds for which its changes stand under guard. */
  readonly hold?: number | undefined;
}

/** A resource in the engine's state. */
export interface Held {
  readonly resource: Resource;
  readonly id: string;
  readonly state: Fields;
  /** False: the host is not as the state says, and the next `up` is to make it so. */
  readonly isRight: boolean;
}

/** A stack on one host: what its program declares, what the engine knows, and the controller at work for it. */
export class Stack {
  /** By name. */
  readonly program = new Map<string, Resource>();
  /** By name. */
  readonly state = new Map<string, Held>();
  readonly controller = new Controller();
  #count = 0;

  constructor(
    readonly name: string,
    /** Of what it declares from now on. */
    public tag: number,
  ) {}

  /** A new resource in the program. */
  declare(
    declaration: Declaration,
    { sort = declaration.kind, also = {}, takes = [], sweeps = [], hold }: Partial<Resource> = {},
  ): Resource {
    const resource: Resource = {
      name: `${this.name.split("/").at(-1)}-${sort}-${++this.#count}`,
      sort,
      declaration,
      door: "first",
      also,
      takes,
      sweeps,
      hold,
    };
    this.program.set(resource.name, resource);
    return resource;
  }

  /** Another content, or another way in, of one that is declared. */
  change(resource: Resource, changed: Partial<Omit<Resource, "name">>): void {
    this.program.set(resource.name, { ...resource, ...changed });
  }

  drop({ name }: Resource): void {
    this.program.delete(name);
  }

  /** The person takes back what was changed of it since the engine's state. */
  takeBack(name: string): void {
    const held = this.state.get(name);
    if (held === undefined) this.program.delete(name);
    else this.program.set(name, held.resource);
  }

  get resources(): readonly Resource[] {
    return [...this.program.values()];
  }

  forget(): void {
    this.program.clear();
    this.state.clear();
  }
}

/** The slots of a resource and what is shown there; those on the spare host are told apart. */
export const shownOf = ({ declaration: { shown }, door }: Pick<Resource, "declaration" | "door">): ReadonlyMap<string, string> =>
  door === "spare" ? new Map([...shown].map(([slot, text]) => [`spare: ${slot}`, text])) : shown;
