import { randomBytes } from "node:crypto";
import { PolicyRoutingError } from "../errors";
import type { State } from "../kernel/state";
import type { Handlers, Properties } from "../runtime/handlers";
import { registerKey } from "../spec/key";
import { isSameStack, type Owner, tagsOf } from "../spec/owner";
import { parseImportId } from "./importId";
import { lookAt, type Standing, standingAt } from "./standing";

type Found = Awaited<ReturnType<Handlers["read"]>>;

/** What the state says of an import until an `up` has taken it over: nothing on the host was changed, and nothing there names it. */
const notTaken = "no: it is not taken over yet, the next up does";

/** True of what was imported and is not ours yet. */
export const isPending = (state: Properties): boolean => state["persisted"] === notTaken;

/**
 * Reads what stands at a place, and changes nothing. What the register names as the stack's own (a lost state) comes back under that id, as a refresh
 * sees it. What is foreign is to be taken over, as it is and no other (`adopt: "same"`), by the next `up`, which sees that by `isPending`.
 */
export async function found(kind: string, id: string, owner: Owner, handlers: Handlers): Promise<Found> {
  const { host, place, is } = parseImportId(kind, id);
  const connection = { host };
  const { hostOf }: typeof import("../host/host") = require("../host/host");
  const { state } = await hostOf(connection).look(lookAt(is));
  const standing = standingAt(is, state);
  const [one, ...others] = standing;
  if (one === undefined) return {};
  const refused = (what: string, next: string): PolicyRoutingError =>
    new PolicyRoutingError("conflict", { topic: "import-unclear", host, object: one.key, what, next });
  if (others.length > 0)
    throw refused(
      `${standing.length} of them stand there, and one resource is one`,
      "remove all but one on the host, or declare them by HostRouting",
    );
  if (one.unread.length > 0) throw refused(`it has what cannot be declared: ${one.unread.join(", ")}`, "leave it to whoever made it");
  const held = holderOf(one, state, owner);
  if (held !== undefined) return handlers.read(held, await checked({ connection, owner, ...one.values }, handlers));
  const inputs = await checked({ connection, owner, adopt: "same", ...one.values }, handlers);
  const own = id.includes("#") ? id : `${host}/${place}#${randomBytes(6).toString("base64url")}`;
  return { id: own, inputs, props: { ...inputs, machineId: "", persisted: notTaken, observed: false, schema: 1 } };
}

/** The id under which the register has it for the stack. */
function holderOf({ key }: Standing, { register, names }: State, { stack, proto }: Owner): string | undefined {
  const { owner } = tagsOf(proto);
  const entry = register.entries.get(registerKey(key, owner)) ?? names.find((one) => `table ${one.tableId}` === key)?.owner;
  return entry !== undefined && isSameStack(entry.stack, stack) ? entry.id : undefined;
}

async function checked(values: Properties, handlers: Handlers): Promise<Properties> {
  const { inputs, failures } = await handlers.check({}, values);
  if (failures.length === 0) return inputs;
  throw new PolicyRoutingError("conflict", {
    topic: "import-unclear",
    what: `what stands there cannot be declared: ${failures.map(({ reason }) => reason).join("; ")}`,
    next: "leave it to whoever made it, or change it on the host first",
  });
}
