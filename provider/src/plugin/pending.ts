import { randomBytes } from "node:crypto";
import { PolicyRoutingError } from "../errors";
import type { Handlers, Properties } from "../runtime/handlers";
import type { ImportId } from "./importId";

export type Found = Awaited<ReturnType<Handlers["read"]>>;

/** What the state says of an import until an `up` has taken it over: nothing on the host was changed, and nothing there names it. */
const notTaken = "no: it is not taken over yet, the next up does";

/** True of what was imported and is not ours yet. */
export const isPending = (state: Properties): boolean => state["persisted"] === notTaken;

/** To be taken over, as it is and no other (`adopt: "same"`), by the next `up`, which sees that by `isPending`. */
export async function pending(id: string, { host, place }: ImportId, values: Properties, handlers: Handlers): Promise<Found> {
  const inputs = await checked({ connection: { host }, adopt: "same", ...values }, handlers);
  const own = id.includes("#") ? id : `${host}/${place}#${randomBytes(6).toString("base64url")}`;
  return { id: own, inputs, props: { ...inputs, machineId: "", persisted: notTaken, observed: false, schema: 1 } };
}

/** What stands there, in canonical form. */
export async function checked(values: Properties, handlers: Handlers): Promise<Properties> {
  const { inputs, failures } = await handlers.check({}, values);
  if (failures.length === 0) return inputs;
  throw new PolicyRoutingError("conflict", {
    topic: "import-unclear",
    what: `what stands there cannot be declared: ${failures.map(({ reason }) => reason).join("; ")}`,
    next: "leave it to whoever made it, or change it on the host first",
  });
}
