import { z } from "zod";

/** What travels between the soak and a controller process: one JSON object a line, either way. */
const fields = z.record(z.string(), z.unknown());

/** One call of the life cycle, as the engine makes it. */
const call = z.discriminatedUnion("method", [
  z.object({ method: z.literal("create"), kind: z.string(), fields }),
  z.object({ method: z.literal("update"), kind: z.string(), id: z.string(), state: fields, fields }),
  z.object({ method: z.literal("delete"), kind: z.string(), id: z.string(), state: fields }),
  z.object({ method: z.literal("read"), kind: z.string(), id: z.string(), state: fields }),
  /** No call of the engine: a person takes back the newest revision of a stack. */
  z.object({ method: z.literal("rollback"), connection: fields, stack: z.string(), seconds: z.number() }),
]);
export type Call = z.infer<typeof call>;

export const request = z.object({ number: z.number(), call });

const failure = z.object({
  message: z.string(),
  /** The error's kind, as policy knows it. */
  kind: z.string().optional(),
  /** What the host was said to be like after it: reverted, differs or unknown. */
  outcome: z.string().optional(),
  /** The resource that the engine must keep all the same. */
  kept: z.object({ id: z.string(), state: fields }).optional(),
});
export type Failure = z.infer<typeof failure>;

const success = z.object({ id: z.string().optional(), state: fields.optional(), inputs: fields.optional() });
export type Success = z.infer<typeof success>;

export const reply = z.object({ number: z.number(), ok: success.optional(), failed: failure.optional() });
export type Reply = z.infer<typeof reply>;

export type Fields = z.infer<typeof fields>;
