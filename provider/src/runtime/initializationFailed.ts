import type { Properties } from "./handlers";

/** An error that carries what the engine must keep: an object that was left in a state which is neither before nor after is kept, with reasons. */
export class InitializationFailed extends Error {
  readonly id: string;
  readonly properties: Properties;
  readonly reasons: string[];

  constructor(id: string, properties: Properties, reason: string) {
    super(reason);
    this.id = id;
    this.properties = properties;
    this.reasons = [reason];
  }
}
