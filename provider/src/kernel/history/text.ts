import { z } from "../../declaration/zod";
import type { HeldObject } from "../observed/kind";
import { parseNeeds, printNeeds } from "../persist/stored";
import type { Held } from "./held";
import { keepers } from "./keepers";
import type { Delta, Header } from "./revision";

/** The form of a revision on hosts. It only grows; of a newer one a version lists what it knows, and cannot go back over it. */
const form = 1;

/** ASCII alone, so that no locale and no shell of a host makes anything else of it; and no apostrophe. */
export const printJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[^\x20-\x26\x28-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** A line for the header, then one a key. The two words that say whose an entry is stand once, in the header. */
export function printRevision(header: Header, deltas: readonly Delta[]): string[] {
  const owners = new Map<string, { id: string; stack: string; by: number }>();
  const numbered = (held: Held | undefined): object | undefined => {
    if (held === undefined) return undefined;
    const { id, stack, stored, ...rest } = held;
    const known = owners.get(`${id} ${stack}`) ?? { id, stack, by: owners.size };
    owners.set(`${id} ${stack}`, known);
    const kept = stored && { stored: { ...stored, needs: printNeeds(stored.needs) } };
    return { by: known.by, ...rest, object: rest.object ?? {}, ...kept };
  };
  const lines = deltas.map(({ before, after, ...rest }) => printJson({ ...rest, before: numbered(before), after: numbered(after) }));
  return [printJson({ form, ...header, owners: [...owners.values()].map(({ id, stack }) => [id, stack]) }), ...lines];
}

const rawSchema = z.record(z.string(), z.unknown());

export const objectSchema = rawSchema.transform(objectIn);

/** As what a program may say; undefined where it says more than this version knows. */
function objectIn(raw: z.infer<typeof rawSchema>): HeldObject | undefined {
  for (const keeper of keepers) {
    const found = keeper.read(raw);
    if (found !== undefined) return found;
  }
  return undefined;
}

const heldSchema = z.object({
  by: z.int(),
  more: z.string().exactOptional(),
  object: rawSchema,
  stored: z
    .object({
      file: z.string(),
      channel: z.string(),
      needs: z.string().transform(parseNeeds),
      adopts: z.literal(true).exactOptional(),
      lines: z.array(z.string()),
    })
    .exactOptional(),
});
const deltaSchema = z.object({
  key: z.string(),
  before: heldSchema.exactOptional(),
  after: heldSchema.exactOptional(),
  took: z.array(z.string()).exactOptional(),
  taken: z.array(z.object({ proto: z.int(), is: objectSchema })).exactOptional(),
  gave: z.array(z.string()).exactOptional(),
});
const headerSchema = z.object({
  form: z.int(),
  time: z.string(),
  txn: z.string(),
  boot: z.string(),
  previous: z.string().exactOptional(),
  stack: z.string(),
  tag: z.int(),
  who: z.string(),
  run: z.string(),
  why: z.string().exactOptional(),
  commit: z.string().exactOptional(),
  back: z.string().exactOptional(),
  orphans: z.array(z.string()).exactOptional(),
  owners: z.array(z.tuple([z.string(), z.string()])),
});

/** Undefined where it is none of ours, or is cut off. Of a newer form nothing is known but its header. */
export function parseRevision(lines: readonly string[]): (Header & { readonly deltas: readonly Delta[] | undefined }) | undefined {
  const [first = "", ...rest] = lines;
  try {
    const { form: found, owners, ...header } = headerSchema.parse(JSON.parse(first));
    if (found > form) return { ...header, deltas: undefined };
    const named = (held: z.infer<typeof heldSchema> | undefined): Held | undefined =>
      held === undefined ? undefined : heldOf(held, owners);
    const deltas = rest.map((line): Delta => {
      const { before, after, taken, ...delta } = deltaSchema.parse(JSON.parse(line));
      const [was, is] = [named(before), named(after)];
      return {
        ...delta,
        ...(was === undefined ? {} : { before: was }),
        ...(is === undefined ? {} : { after: is }),
        ...(taken === undefined
          ? {}
          : { taken: taken.flatMap(({ proto, is: what }) => (what === undefined ? [] : [{ proto, is: what }])) }),
      };
    });
    return { ...header, deltas };
  } catch {
    return undefined;
  }
}

/** What stood there is read when somebody looks at it: to list what was changed, nobody does. */
function heldOf({ by, object: raw, ...what }: z.infer<typeof heldSchema>, owners: readonly (readonly [string, string])[]): Held {
  const [id = "", stack = ""] = owners[by] ?? [];
  let read: { readonly object: HeldObject | undefined } | undefined;
  return {
    id,
    stack,
    ...what,
    get object() {
      read ??= { object: objectIn(raw) };
      return read.object;
    },
  };
}
