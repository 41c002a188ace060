import { createRequire } from "node:module";
import type { Status } from "../host/told";

/** Milliseconds that the engine may take for a line before standard error gets it. */
const patience = 5000;

/**
 * What is going on, by the log of the engine at the address that the plugin was given: in the row of the stack, for neither name nor URN of a resource
 * is known here. The next line takes its place. Nothing is loaded before the first line, which a quick run never has; and no line delays or breaks
 * what it is about.
 */
export function engineStatus(address: string): Status {
  let send: Send | undefined;
  return (line) => {
    const otherwise = (): void => void process.stderr.write(`${line}\n`);
    try {
      send ??= opened(address);
      send(line, otherwise);
    } catch {
      otherwise();
    }
  };
}

type Send = (line: string, otherwise: () => void) => void;

function opened(address: string): Send {
  const { EngineClient }: typeof import("@pulumi/pulumi/proto/engine_grpc_pb") = require("@pulumi/pulumi/proto/engine_grpc_pb");
  const { LogRequest, LogSeverity }: typeof import("@pulumi/pulumi/proto/engine_pb") = require("@pulumi/pulumi/proto/engine_pb");
  // The SDK's own copy: its client takes no credentials of another one.
  const ofSdk = createRequire(require.resolve("@pulumi/pulumi"));
  const { credentials, Metadata }: typeof import("@grpc/grpc-js") = ofSdk("@grpc/grpc-js");
  const client = new EngineClient(address, credentials.createInsecure());
  let before = Promise.resolve();
  return (line, otherwise) => {
    const request = new LogRequest();
    request.setSeverity(LogSeverity.INFO);
    request.setMessage(line);
    request.setEphemeral(true);
    const sent = (): Promise<void> =>
      new Promise((resolve) => {
        client.log(request, new Metadata(), { deadline: Date.now() + patience }, (error) => {
          if (error !== null) otherwise();
          resolve();
        });
      });
    before = before.then(sent); // of two at once the engine shows either first
  };
}
