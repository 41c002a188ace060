import { z } from "../../declaration/zod";
import { PolicyRoutingError } from "../../errors";
import { jsonOf } from "../source";
import { type Known, knownIn } from "./known";
import { type Preview, previewIn, resourceSchema } from "./previewJson";

/** What `pulumi stack export` prints: the resources that there are, and those that are still to be deleted. */
const stackSchema = z.object({
  deployment: z.object({ resources: z.array(resourceSchema.extend({ urn: z.string(), delete: z.boolean().default(false) })).default([]) }),
});

const exported = "write it by pulumi stack export";
const next = "write it by pulumi stack export, or pulumi preview --json --show-sames";

/** The ids of ours that a stack's state knows, those that are still to be deleted included. */
export function parseKnown(text: string, path: string): Known {
  const stack = stackSchema.safeParse(jsonOf(text, path, exported));
  if (!stack.success) throw new PolicyRoutingError("invalid", { topic: "stack-file", what: `${path} is no stack's state`, next: exported });
  return knownIn(stack.data.deployment.resources);
}

/** What a stack declares: as its state says, or as it will be once the preview is carried out. Steps without a before. */
export function parseDeclared(text: string, path: string): Preview {
  const json = jsonOf(text, path, next);
  const stack = stackSchema.safeParse(json);
  if (stack.success) {
    const there = stack.data.deployment.resources.filter((one) => !one.delete);
    const config = there.find(({ type }) => type === "pulumi:providers:pulumi-nodejs")?.inputs;
    return {
      ...(config === undefined ? {} : { config }),
      steps: there.map((newState) => ({ op: "same", urn: newState.urn, newState })),
      diagnostics: [],
      changeSummary: {},
    };
  }
  const preview = previewIn(json);
  if (preview === undefined)
    throw new PolicyRoutingError("invalid", { topic: "stack-file", what: `${path} is neither a stack's state nor a preview`, next });
  return { ...preview, steps: preview.steps.map(({ oldState: _before, ...step }) => step) };
}
