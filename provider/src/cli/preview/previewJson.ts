import { z } from "../../declaration/zod";
import { PolicyRoutingError } from "../../errors";
import { jsonOf } from "../source";

const properties = z.record(z.string(), z.unknown());
export const resourceSchema = z.object({
  type: z.string(),
  custom: z.boolean().optional(),
  id: z.string().optional(),
  inputs: properties.optional(),
  outputs: properties.optional(),
  parent: z.string().optional(),
  dependencies: z.array(z.string()).nullish(),
});

/** What `pulumi preview --json --show-sames` prints, as far as it is looked at. */
const previewSchema = z.object({
  /** The stack's, as far as it is no secret. */
  config: properties.optional(),
  steps: z.array(z.object({ op: z.string(), urn: z.string(), oldState: resourceSchema.optional(), newState: resourceSchema.optional() })),
  diagnostics: z
    .array(z.object({ severity: z.string(), message: z.string().default("") }))
    .nullish()
    .transform((value) => value ?? []),
  changeSummary: z.record(z.string(), z.number()).default({}),
});
export type Preview = z.infer<typeof previewSchema>;
export type PreviewStep = Preview["steps"][number];

const next = "write it by pulumi preview --json --show-sames, without what it prints on standard error";

/** Throws `invalid`; never with a part of the text, which may hold what nobody else may see. */
export function parsePreview(text: string, path: string): Preview {
  const preview = previewIn(jsonOf(text, path, next));
  if (preview === undefined)
    throw new PolicyRoutingError("invalid", { topic: "preview-file", what: `${path} is no preview of Pulumi's`, next });
  return preview;
}

export const previewIn = (json: unknown): Preview | undefined => previewSchema.safeParse(json).data;

/** Why the preview does not say all; empty where it does. */
export function gapsOf({ steps, diagnostics, changeSummary }: Preview): string[] {
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const sames = steps.filter(({ op }) => op === "same").length;
  const left = (changeSummary["same"] ?? 0) - sames;
  return [
    ...(errors === 0 ? [] : [`the preview ended with ${errors === 1 ? "an error" : `${errors} errors`}: what came after is not in it`]),
    ...(left <= 0 ? [] : [`the preview leaves out ${left} unchanged resources: run it with --show-sames`]),
  ];
}
