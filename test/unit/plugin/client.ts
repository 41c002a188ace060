// The plugin's server in this process, asked as the engine asks it.
import { type CallOptions, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  CheckRequest,
  ConfigureRequest,
  CreateRequest,
  DeleteRequest,
  DiffRequest,
  ReadRequest,
  UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { serve } from "../../../provider/src/plugin/server";

export type Json = Record<string, JavaScriptValue>;

const key = "4dabf18193072939515e22adb298388d";
export const secret = (value: JavaScriptValue): JavaScriptValue => ({ [key]: "1b47061264138c4ac30d75fd1eb44270", value });

export const urn = (kind: string, name = "one"): string =>
  `urn:pulumi:prod::edge::policyrouting:index:MultihomedHost$policyrouting:index:${kind}::${name}`;

export async function openDoor(): Promise<ResourceProviderClient> {
  return new ResourceProviderClient(`127.0.0.1:${await serve(undefined)}`, credentials.createInsecure());
}

/** One call, as a promise. */
export function call<Request, Response>(
  method: (
    request: Request,
    metadata: Metadata,
    options: Partial<CallOptions>,
    reply: (error: ServiceError | null, response: Response) => void,
  ) => unknown,
  request: Request,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    method(request, new Metadata(), {}, (error, response) => (error === null ? resolve(response) : reject(error)));
  });
}

export async function check(client: ResourceProviderClient, kind: string, news: Json, olds: Json = {}) {
  const request = new CheckRequest().setUrn(urn(kind)).setNews(Struct.fromJavaScript(news)).setOlds(Struct.fromJavaScript(olds));
  const response = await call(client.check.bind(client), request);
  return { inputs: response.getInputs()?.toJavaScript() ?? {}, failures: response.getFailuresList().map((one) => one.getReason()) };
}

export const checkConfig = async (client: ResourceProviderClient, news: Json): Promise<string[]> => {
  const response = await call(client.checkConfig.bind(client), new CheckRequest().setNews(Struct.fromJavaScript(news)));
  return response.getFailuresList().map((one) => one.getReason());
};

export const configure = (client: ResourceProviderClient, args: Json) =>
  call(client.configure.bind(client), new ConfigureRequest().setArgs(Struct.fromJavaScript(args)));

export const diff = (client: ResourceProviderClient, kind: string, olds: Json, news: Json) =>
  call(
    client.diff.bind(client),
    new DiffRequest().setId("h/x#1").setUrn(urn(kind)).setOlds(Struct.fromJavaScript(olds)).setNews(Struct.fromJavaScript(news)),
  );

export async function update(client: ResourceProviderClient, kind: string, olds: Json, news: Json, inputs: Json = {}): Promise<Json> {
  const request = new UpdateRequest().setId("h/x#1").setUrn(urn(kind)).setOldInputs(Struct.fromJavaScript(inputs));
  const response = await call(
    client.update.bind(client),
    request.setOlds(Struct.fromJavaScript(olds)).setNews(Struct.fromJavaScript(news)),
  );
  return response.getProperties()?.toJavaScript() ?? {};
}

/** A state as the engine hands it over. */
interface State {
  readonly outputs: Json;
  readonly inputs: Json;
}

export async function create(client: ResourceProviderClient, kind: string, inputs: Json): Promise<{ id: string; outputs: Json }> {
  const request = new CreateRequest().setUrn(urn(kind)).setProperties(Struct.fromJavaScript(inputs));
  const response = await call(client.create.bind(client), request);
  return { id: response.getId(), outputs: response.getProperties()?.toJavaScript() ?? {} };
}

export async function read(client: ResourceProviderClient, kind: string, id: string, { outputs, inputs }: State) {
  const request = new ReadRequest().setId(id).setUrn(urn(kind)).setProperties(Struct.fromJavaScript(outputs));
  const response = await call(client.read.bind(client), request.setInputs(Struct.fromJavaScript(inputs)));
  const [outs, ins] = [response.getProperties(), response.getInputs()];
  return { id: response.getId(), outputs: outs?.toJavaScript() ?? {}, inputs: ins?.toJavaScript() ?? {} };
}

export const remove = (client: ResourceProviderClient, kind: string, id: string, { outputs, inputs }: State) =>
  call(
    client.delete.bind(client),
    new DeleteRequest()
      .setId(id)
      .setUrn(urn(kind))
      .setProperties(Struct.fromJavaScript(outputs))
      .setOldInputs(Struct.fromJavaScript(inputs)),
  );
