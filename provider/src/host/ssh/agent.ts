import {
  BaseAgent,
  createAgent,
  type IdentityCallback,
  type ParsedKey,
  type PublicKeyEntry,
  type SignCallback,
  type SigningRequestOptions,
} from "ssh2";

/** Some of an agent's keys: those that are named, or all others. */
export class SomeKeys extends BaseAgent<string | Buffer | ParsedKey> {
  readonly #agent: BaseAgent;
  readonly #wants: (key: Buffer) => boolean;

  constructor(socket: string, named: readonly Buffer[], which: "named" | "others") {
    super();
    this.#agent = createAgent(socket);
    this.#wants = (key) => named.some((one) => one.equals(key)) === (which === "named");
  }

  override getIdentities(done: IdentityCallback<string | Buffer | ParsedKey>): void {
    this.#agent.getIdentities((error, keys) => {
      if (error) done(error);
      else
        done(
          null,
          keys?.filter((key) => this.#wants(publicHalf(key))),
        );
    });
  }

  override sign(key: string | Buffer | ParsedKey, data: Buffer, options: SigningRequestOptions | SignCallback, done?: SignCallback): void {
    if (typeof options === "function") this.#agent.sign(key, data, options);
    else this.#agent.sign(key, data, options, done);
  }
}

/** ssh2's own agents tell parsed keys. */
const publicHalf = (key: string | Buffer | ParsedKey | PublicKeyEntry): Buffer =>
  typeof key === "string" || Buffer.isBuffer(key) ? Buffer.from(key) : "pubKey" in key ? Buffer.alloc(0) : key.getPublicSSH();
