import { field } from "./attribute";
import { z } from "./zod";

/** How far a change may go where something stands at its key that is foreign, or another stack's. */
export type Adopt = boolean | "same";

const schema = z.union([z.boolean(), z.literal("same")], 'expected true, false or "same"');

export const adoptField = field({
  schema,
  settle: (value) => value || undefined,
  doc: 'Takes over a foreign object with the same key, or one of another stack, instead of refusing. `"same"`: only one that says what is declared, its `proto` aside; `true`: also one that differs, which is replaced.',
  absent: "false",
  example: "same",
});

/** What an entry of HostRouting says beside its object. Here `false` is not the same as leaving it out. */
export const entryFields = {
  adopt: field({
    schema,
    doc: "`adopt` of this entry alone.",
    absent: "as the resource says",
    example: "same",
  }),
};
