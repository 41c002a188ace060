import type { handleUnaryCall } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { type IResourceProviderServer, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  CheckFailure,
  CheckResponse,
  ConfigureResponse,
  DiffResponse,
  GetSchemaResponse,
  InvokeResponse,
  ProviderHandshakeResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import type { ProviderConfiguration } from "../declaration/providerConfiguration";
import { tellStatusBy } from "../host/told";
import { stop } from "../host/wire/stop";
import type { EngineLog } from "../runtime/engineLog";
import { isWorking } from "../runtime/orphan";
import type { Run } from "../runtime/run";
import { version } from "../runtime/version";
import { Components } from "./components/components";
import { configurationFailures, configure, markedConfiguration } from "./configuration";
import { failureOf } from "./failure";
import { call } from "./functions";
import { LivePreview } from "./livePreview";
import { Resources } from "./resources";
import { Rows } from "./rows";
import { schemaText } from "./schemaText";
import { Empty, grpc } from "./sdk";
import { received, sent } from "./wire";

type Calls = Pick<
  IResourceProviderServer,
  | "handshake"
  | "attach"
  | "getPluginInfo"
  | "getSchema"
  | "checkConfig"
  | "diffConfig"
  | "configure"
  | "check"
  | "diff"
  | "create"
  | "read"
  | "update"
  | "delete"
  | "invoke"
  | "construct"
  | "cancel"
>;

/** As in the SDK: a whole host may be large. */
const largestMessage = 400 * 1024 * 1024;

/** The protocol of a provider, on the SDK's own messages. What is not here, gRPC answers as not implemented. */
function callsOf(run: Run | undefined, log: EngineLog | undefined, engine: string | undefined): Calls {
  const unary =
    <Request, Response>(answer: (request: Request) => Response | Promise<Response>): handleUnaryCall<Request, Response> =>
    ({ request }, reply) => {
      Promise.resolve(request)
        .then(answer)
        .finally(() => log?.whenSaid())
        .then(
          (response) => reply(null, response),
          (error: unknown) => reply(failureOf(error)),
        );
    };
  let configuration: ProviderConfiguration = {};
  const rows = new Rows();
  if (log !== undefined) tellStatusBy(rows.saying(log.say));
  const resources = new Resources(run, () => configuration, new LivePreview(log?.say ?? (() => {})), rows);
  const components = new Components(engine);
  return {
    handshake: unary(() => new ProviderHandshakeResponse().setAcceptSecrets(true).setAcceptOutputs(true)),
    attach: unary(() => new Empty()),
    getPluginInfo: unary(() => new PluginInfo().setVersion(version())),
    getSchema: unary(() => new GetSchemaResponse().setSchema(schemaText())),
    checkConfig: unary((request) => {
      const { values, secrets } = received(request.getNews());
      const failures = configurationFailures(values).map((reason) => new CheckFailure().setReason(reason));
      return new CheckResponse().setInputs(sent(markedConfiguration(values), secrets)).setFailuresList(failures);
    }),
    // Another configuration makes no other provider: nothing is replaced for it.
    diffConfig: unary(() => new DiffResponse()),
    configure: unary((request) => {
      configuration = configure(received(request.getArgs()).values);
      return new ConfigureResponse().setAcceptsecrets(true).setAcceptoutputs(true).setSupportspreview(true);
    }),
    check: unary(resources.check),
    diff: unary(resources.diff),
    create: unary(resources.create),
    read: unary(resources.read),
    update: unary(resources.update),
    delete: unary(resources.delete),
    invoke: unary(async (request) => {
      const answer = await call(request.getTok(), received(request.getArgs()).values);
      return "result" in answer
        ? new InvokeResponse().setReturn(sent(answer.result))
        : new InvokeResponse().setFailuresList(answer.failures.map((reason) => new CheckFailure().setReason(reason)));
    }),
    construct: unary(components.construct),
    // A person stopped the run; and every run ends with it, when nothing is left to stop.
    cancel: unary(async () => {
      stop();
      if (!isWorking()) await components.end();
      return new Empty();
    }),
  };
}

/**
 * Listens on this machine alone; its port goes to the engine as the first line. Before each answer it is waited for that the engine has what was said: behind
 * the last one it ends the process.
 */
export function serve(run?: Run, log?: EngineLog, engine?: string): Promise<number> {
  const limits = { "grpc.max_receive_message_length": largestMessage, "grpc.max_send_message_length": largestMessage };
  const server = new grpc.Server(limits);
  server.addService(ResourceProviderService, { ...callsOf(run, log, engine) });
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });
}
