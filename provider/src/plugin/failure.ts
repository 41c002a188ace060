import type { ServiceError } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { messageOf } from "../errors";
import { InitializationFailed } from "../runtime/initializationFailed";
import { Any, grpc } from "./sdk";
import { type Secrets, sent } from "./wire";

/** A change that ended in between, and which of what the engine is to keep of it came as a secret. */
class Kept extends Error {
  readonly failed: InitializationFailed;
  readonly secrets: Secrets;

  constructor(failed: InitializationFailed, secrets: Secrets) {
    super(failed.message);
    this.failed = failed;
    this.secrets = secrets;
  }
}

export const keeping =
  (secrets: Secrets) =>
  (error: unknown): never => {
    throw error instanceof InitializationFailed ? new Kept(error, secrets) : error;
  };

/** An error as gRPC tells it. What the engine must keep goes along as a detail. */
export function failureOf(error: unknown): Pick<ServiceError, "code" | "details" | "metadata"> {
  const { UNKNOWN: code } = grpc.status;
  const [details, metadata] = [messageOf(error), new grpc.Metadata()];
  if (error instanceof Kept) {
    const { id, properties, reasons } = error.failed;
    const kept = new ErrorResourceInitFailed().setId(id).setProperties(sent(properties, error.secrets)).setReasonsList(reasons);
    const detail = new Any();
    detail.pack(kept.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new Status().setCode(code).setMessage(details).setDetailsList([detail]);
    metadata.set("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  }
  return { code, details, metadata };
}
