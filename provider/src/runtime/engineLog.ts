/** Milliseconds that the engine may take for a line before standard error gets it. */
const patience = 5000;

export interface Said {
  /** The resource that it is about; left out: it stands in the row of the stack. */
  readonly urn?: string;
  /** It stays among the diagnostics; left out, the next line takes its place. */
  readonly stays?: "info" | "warning";
}

/**
 * The log of the engine at the address that a plugin was given. Nothing is loaded before the first line, which a quick run never has; and no line delays
 * or breaks what it is about.
 */
export class EngineLog {
  readonly #address: string;
  #send: Send | undefined;
  #before = Promise.resolve();

  constructor(address: string) {
    this.#address = address;
  }

  readonly say = (line: string, said: Said = {}): void => {
    const otherwise = (): void => void process.stderr.write(`${line}\n`);
    try {
      this.#send ??= opened(this.#address);
      const send = this.#send;
      this.#before = this.#before.then(() => send(line, said).catch(otherwise)); // of two at once the engine shows either first
    } catch {
      otherwise();
    }
  };

  /** Resolves when the engine has what was said until now: it ends a plugin that has answered. */
  whenSaid(): Promise<void> {
    return this.#before;
  }
}

type Send = (line: string, said: Said) => Promise<void>;

function opened(address: string): Send {
  const { EngineClient }: typeof import("@pulumi/pulumi/proto/engine_grpc_pb") = require("@pulumi/pulumi/proto/engine_grpc_pb");
  const { LogRequest, LogSeverity }: typeof import("@pulumi/pulumi/proto/engine_pb") = require("@pulumi/pulumi/proto/engine_pb");
  const { ofSdk }: typeof import("./ofSdk") = require("./ofSdk");
  const { credentials, Metadata }: typeof import("@grpc/grpc-js") = ofSdk("@grpc/grpc-js");
  const client = new EngineClient(address, credentials.createInsecure());
  return (line, { urn = "", stays }) => {
    const severity = stays === "warning" ? LogSeverity.WARNING : LogSeverity.INFO;
    const request = new LogRequest()
      .setSeverity(severity)
      .setMessage(line)
      .setUrn(urn)
      .setEphemeral(stays === undefined);
    return new Promise((resolve, reject) => {
      client.log(request, new Metadata(), { deadline: Date.now() + patience }, (error) => (error === null ? resolve() : reject(error)));
    });
  };
}
