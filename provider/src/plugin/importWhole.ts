import { entryKinds, type Section } from "../declaration/entryKinds";
import { isSameStack, type Owner, tagsOf } from "../declaration/owner";
import { warn } from "../host/told";
import { ownersIn } from "../kernel/observed/kinds";
import type { Entry } from "../kernel/plan/register";
import type { Declared } from "../managers/takeover/declare";
import type { StandingHost } from "../managers/takeover/onHost";
import type { Handlers, Properties } from "../runtime/handlers";
import { asDeclared } from "./asDeclared";
import type { ImportId } from "./importId";
import { checked, type Found, pending } from "./pending";

/**
 * A whole host: what `policy-routing adopt` would print, by the same code. What the register has under one HostRouting of the stack (a lost state)
 * comes back under that id.
 */
export async function foundWhole(id: string, parsed: ImportId, owner: Owner, handlers: Handlers): Promise<Found> {
  const { host } = parsed;
  // Only now: most runs import nothing, and what reads other managers' files is large.
  const { readStanding }: typeof import("../host/reading/standing") = require("../host/reading/standing");
  const { declaredOnHost }: typeof import("../managers/takeover/onHost") = require("../managers/takeover/onHost");
  const { sectionsOf }: typeof import("../managers/takeover/sections") = require("../managers/takeover/sections");
  const standing = await readStanding({ host });
  const held = heldBy(standing, parsed, owner);
  const tags = tagsOf(owner.proto);
  const { declared } = declaredOnHost(standing, tags, { of: held });
  const asIs = (name: Section, values: Properties): Properties => {
    const key = held === undefined ? undefined : entryKinds[name].claimedKey(values);
    return key === undefined ? values : { ...asDeclared(values, key, standing, tags.owner) };
  };
  const fields = Object.fromEntries(
    sectionsOf(declared).map(({ name, entries }) => [
      name,
      Object.fromEntries(entries.map(({ label, values }) => [label, asIs(name, values)])),
    ]),
  );
  if (held !== undefined) return handlers.read(held, await checked({ connection: { host }, owner, ...fields }, handlers));
  tellRefused(host, declared);
  if (Object.keys(fields).length === 0) return {};
  const beside: Properties = standing.neighbours.networkd === undefined ? {} : { coexist: "configure" };
  return pending(id, parsed, { owner, ...beside, ...fields }, handlers);
}

/** The id of the stack's HostRouting there, as the register has it. */
function heldBy(standing: StandingHost, { place }: ImportId, { stack }: Owner): string | undefined {
  const isIts = (one: Entry): boolean => isSameStack(one.stack, stack) && one.id.includes(`/${place}#`);
  const ids = new Set(ownersIn(standing).flatMap(([, owner]) => (isIts(owner) ? [owner.id] : [])));
  return ids.size === 1 ? [...ids][0] : undefined;
}

function tellRefused(host: string, { refused }: Declared): void {
  const [first] = refused;
  if (first === undefined) return;
  const entries = refused.length === 1 ? "1 entry" : `${refused.length} entries`;
  warn(host, {
    topic: "import-left",
    what: `${entries} cannot be declared as they stand, and are left to whoever made them; the first: ${first.entry ?? first.place.file} (${first.what})`,
    next: `npx --no-install policy-routing adopt ${host} lists all of them, and the commands that help`,
  });
}
