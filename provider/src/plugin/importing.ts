import { isSameStack, type Owner, tagsOf } from "../declaration/owner";
import { registerKey } from "../declaration/registerKey";
import { PolicyRoutingError } from "../errors";
import type { Seen } from "../kernel/observed/kind";
import { kindsOnHosts, ownerInFiles } from "../kernel/observed/kinds";
import type { State } from "../kernel/observed/state";
import type { Handlers } from "../runtime/handlers";
import { asDeclared } from "./asDeclared";
import { type EntryPlace, type ImportId, parseImportId } from "./importId";
import { foundWhole } from "./importWhole";
import { checked, type Found, pending } from "./pending";

/**
 * Reads what stands at a place, and changes nothing. What the register names as the stack's own (a lost state) comes back under that id, as a refresh
 * sees it. What is foreign is to be taken over by the next `up`.
 */
export async function found(kind: string, id: string, owner: Owner, handlers: Handlers): Promise<Found> {
  const parsed = parseImportId(kind, id);
  const { entry } = parsed;
  return entry === undefined ? foundWhole(id, parsed, owner, handlers) : foundEntry(id, parsed, entry, owner, handlers);
}

async function foundEntry(id: string, parsed: ImportId, place: EntryPlace, owner: Owner, handlers: Handlers): Promise<Found> {
  const { host } = parsed;
  const connection = { host };
  const { hostOf }: typeof import("../host/host") = require("../host/host");
  const { state } = await hostOf(connection).look(place.look);
  const standing = standingAt(place, state);
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
  return held === undefined
    ? pending(id, parsed, { owner, ...one.found }, handlers)
    : handlers.read(
        held,
        await checked({ connection, owner, ...asDeclared({ ...one.found }, one.key, state, tagsOf(owner.proto).owner) }, handlers),
      );
}

/** What stands at a place: each is what one declaration would make. */
function standingAt({ section, key }: EntryPlace, state: State): readonly Seen[] {
  const { seen, asOne } = kindsOnHosts[section];
  const there = seen(state).filter((one) => one.key === key || one.key.startsWith(`${key} `));
  return asOne?.(there) ?? there;
}

/** The id under which the register has it for the stack. */
function holderOf({ key }: Seen, state: State, { stack, proto }: Owner): string | undefined {
  const entry = state.register.entries.get(registerKey(key, tagsOf(proto).owner)) ?? ownerInFiles(key, state);
  return entry !== undefined && isSameStack(entry.stack, stack) ? entry.id : undefined;
}
