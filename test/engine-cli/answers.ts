// What the CLI answers in JSON, checked where it comes in: only what tests ask for, the rest is let through.
import { z } from "zod";

const properties = z.record(z.string(), z.unknown());

const resource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  custom: z.boolean().optional(),
  id: z.string().optional(),
  inputs: properties.optional(),
  outputs: properties.optional(),
  initErrors: z.array(z.string()).optional(),
});

const deployment = z.looseObject({
  resources: z.array(resource).default([]),
  pending_operations: z.array(z.looseObject({ type: z.string(), resource })).default([]),
});
const exported = z.looseObject({ version: z.number(), deployment });
/** Of a stack in a folder, which has no deployment before its first change. */
const kept = z.looseObject({ version: z.number(), checkpoint: z.looseObject({ latest: deployment.nullish() }) });

const step = z.looseObject({
  op: z.string(),
  urn: z.string(),
  oldState: resource.optional(),
  newState: resource.optional(),
  detailedDiff: z.record(z.string(), z.looseObject({ kind: z.string(), inputDiff: z.boolean() })).nullish(),
});

const preview = z.looseObject({
  steps: z.array(step).default([]),
  diagnostics: z.array(z.looseObject({ urn: z.string().optional(), message: z.string(), severity: z.string() })).default([]),
  changeSummary: z.record(z.string(), z.number()).default({}),
});

export type StackResource = z.infer<typeof resource>;
export type StackExport = z.infer<typeof exported>;
export type PreviewStep = z.infer<typeof step>;
export type Preview = z.infer<typeof preview>;

export const readExport = (text: string): StackExport => exported.parse(JSON.parse(text));
/** What a backend of files keeps, as `stack export` tells it. */
export function readKept(text: string): StackExport {
  const { version, checkpoint } = kept.parse(JSON.parse(text));
  return { version, deployment: checkpoint.latest ?? deployment.parse({}) };
}
export const readPreview = (text: string): Preview => preview.parse(JSON.parse(text));
export const readOutputs = (text: string): Record<string, unknown> => properties.parse(JSON.parse(text));
