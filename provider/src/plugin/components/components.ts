import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import type { ConstructRequest, ConstructResponse } from "@pulumi/pulumi/proto/provider_pb";
import type { Provider } from "@pulumi/pulumi/provider";
import { messageOf, PolicyRoutingError } from "../../errors";
import { version } from "../../runtime/version";
import { grpc, Struct, Value } from "../sdk";
import { received } from "../wire";
import { shapeOf } from "./shape";

type Construct = NonNullable<Provider["construct"]>;

/**
 * Components for programs in every language: the classes of TypeScript, run in this process. The SDK's own server hands them their arguments as a program
 * would. It stands on a port of its own and begins with the first component, for it takes longer to load than all else.
 */
export class Components {
  readonly #engine: string | undefined;
  #server: Promise<ResourceProviderClient> | undefined;
  /** What gives up each that is on its way. */
  readonly #open = new Set<(why: Error) => void>();

  constructor(engine: string | undefined) {
    this.#engine = engine;
  }

  readonly construct = async (request: ConstructRequest): Promise<ConstructResponse> => {
    const inputs = request.getInputs() ?? new Struct();
    if (request.getType() === "policyrouting:index:Fleet")
      inputs.getFieldsMap().set("shape", new Value().setStringValue(JSON.stringify(shapeOf(received(inputs).values))));
    // Said by nobody it still comes, with nothing in it.
    if (Object.values(request.getCustomtimeouts()?.toObject() ?? {}).every((one) => one === "")) request.clearCustomtimeouts();
    this.#server ??= begin(this.#engine);
    const server = await this.#server;
    return new Promise((resolve, reject) => {
      this.#open.add(reject);
      server.construct(request.setInputs(inputs), (error, response) => {
        this.#open.delete(reject);
        if (error === null) resolve(response);
        else reject(new Error(error.details));
      });
    });
  };

  /**
   * Behind `Cancel` the engine closes the connection, and of a component that is still waited for it would tell no more than that. What a component waits for
   * then, a resource that failed or one that was not tried, the SDK never hears of. So it is given up while it can be said.
   */
  async end(): Promise<void> {
    const what = "not all of it was made: the run ended first, by another error or a person";
    for (const giveUp of this.#open) giveUp(new PolicyRoutingError("stopped", { topic: "stopped", what, next: "run it again" }));
    await new Promise(setImmediate); // their answers go first
  }
}

/** The SDK prints the port, for an engine that reads it. */
async function begin(engine: string | undefined): Promise<ResourceProviderClient> {
  const { main }: typeof import("@pulumi/pulumi/provider") = require("@pulumi/pulumi/provider");
  const { log } = console;
  const port = new Promise<string>((resolve) => {
    console.log = resolve;
  });
  const listeners = process.listeners("unhandledRejection");
  try {
    await main({ version: version(), construct }, engine === undefined ? [] : [engine]);
    for (const added of process.listeners("unhandledRejection")) if (!listeners.includes(added)) process.off("unhandledRejection", added);
    process.on("unhandledRejection", passOverFailed);
    return new ResourceProviderClient(`127.0.0.1:${await port}`, grpc.credentials.createInsecure());
  } finally {
    console.log = log;
  }
}

/**
 * The engine tells of a resource that failed, and goes on with the others where it is asked to. The SDK would end all components that are on their way, as
 * it ends a program.
 */
function passOverFailed(error: unknown): void {
  if (!/ failed to register$|Resource monitor is terminating/.test(messageOf(error))) throw error;
}

const construct: Construct = async (name, type, inputs, options) => {
  const { constructFleet }: typeof import("./fleet") = require("./fleet");
  const { constructMultihomed }: typeof import("./multihomed") = require("./multihomed");
  if (type === "policyrouting:index:Fleet") return constructFleet(name, inputs, options);
  if (type === "policyrouting:index:MultihomedHost") return constructMultihomed(name, inputs, options);
  throw new PolicyRoutingError("bug", { topic: "newer-version", what: `there is no component ${type}` });
};
