import { long } from "../../runtime/short";
import { kindIn } from "./kindIn";
import type { PreviewStep } from "./previewJson";
import { type Inputs, isSecret } from "./unclear";

/** A resource of ours in a preview, of its several steps one. */
export interface PreviewedResource {
  readonly urn: string;
  readonly kind: string;
  readonly id: string | undefined;
  readonly parent: string | undefined;
  readonly before: Inputs | undefined;
  readonly after: Inputs | undefined;
  /** What the engine keeps: outputs leave out, or say short, what the inputs say. */
  readonly state: Inputs;
  /** `up` would do something about it. */
  readonly acts: boolean;
}

/** Steps that say what was read, or that nothing is done. */
export const idle = /^(refresh|read|read-replacement|read-discard|discard|discard-replaced|remove-pending-replace)$/;
const removes = /^(delete|delete-replaced)$/;

export function resourcesOf(steps: readonly PreviewStep[]): PreviewedResource[] {
  const found = new Map<string, PreviewedResource>();
  for (const { op, urn, oldState, newState } of steps) {
    const kind = kindIn(newState?.type ?? oldState?.type ?? "");
    if (kind === undefined || idle.test(op)) continue;
    const known = found.get(urn);
    found.delete(urn); // it stands where its last step does: what is deleted goes last
    found.set(urn, {
      urn,
      kind,
      id: known?.id ?? oldState?.id ?? newState?.id,
      parent: newState?.parent ?? oldState?.parent ?? known?.parent,
      before: known?.before ?? oldState?.inputs,
      after: removes.test(op) ? known?.after : (newState?.inputs ?? known?.after),
      state: known?.state ?? { ...oldState?.inputs, ...shown(oldState?.outputs) },
      acts: known?.acts === true || op !== "same",
    });
  }
  return [...found.values()];
}

/** Where a field is hidden as a whole, the inputs show more of it. */
const shown = (outputs: Inputs = {}): Inputs => long(Object.fromEntries(Object.entries(outputs).filter(([, value]) => !isSecret(value))));
