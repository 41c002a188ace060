import { z } from "zod";
import { PolicyRoutingError } from "../../errors";

const properties = z.record(z.string(), z.unknown());
const resource = z.object({ type: z.string(), id: z.string().optional(), inputs: properties.optional(), outputs: properties.optional() });

/** What `pulumi preview --json --show-sames` prints, as far as it is looked at. */
const previewSchema = z.object({
  steps: z.array(z.object({ op: z.string(), urn: z.string(), oldState: resource.optional(), newState: resource.optional() })).default([]),
  diagnostics: z
    .array(z.object({ severity: z.string() }))
    .nullish()
    .transform((value) => value ?? []),
  changeSummary: z.record(z.string(), z.number()).default({}),
});
export type Preview = z.infer<typeof previewSchema>;
export type PreviewStep = Preview["steps"][number];

/** Throws `invalid`; never with a part of the text, which may hold what nobody else may see. */
export function parsePreview(text: string, path: string): Preview {
  const wrong = (what: string) =>
    new PolicyRoutingError("invalid", {
      what: `${path} ${what}`,
      next: "write it by pulumi preview --json --show-sames, without what it prints on standard error",
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong("is not JSON");
  }
  const parsed = previewSchema.safeParse(value);
  if (!parsed.success || !(typeof value === "object" && value !== null && "steps" in value)) throw wrong("is no preview of Pulumi's");
  return parsed.data;
}

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
