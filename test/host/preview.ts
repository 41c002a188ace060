// What `pulumi preview --json --show-sames` prints, for tests that need no engine: the shape of test/engine/report.test.ts's real ones.
import type { Host } from "../lab/lab";

export interface Resource {
  readonly kind: string;
  readonly name: string;
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
  readonly parent?: string;
  readonly dependencies?: readonly string[];
}

/** A kind of ours by its name, others by their whole type. */
const typeOf = (kind: string): string => (kind.includes(":") ? kind : `pulumi-nodejs:dynamic/policyrouting:${kind}`);

export const connectionOf = (host: Host): Record<string, unknown> => ({ ...host.connection });

export function previewOf(resources: readonly Resource[], more: Readonly<Record<string, unknown>> = {}): string {
  const steps = resources.map(({ kind, name, before, after, parent, dependencies }) => {
    const state = (inputs: Readonly<Record<string, unknown>>) => ({
      type: typeOf(kind),
      custom: true,
      ...(parent === undefined ? {} : { parent }),
      ...(dependencies === undefined ? {} : { dependencies }),
      inputs: { owner: { stack: "organization/test/test" }, __provider: "", ...inputs },
    });
    const op =
      before === undefined
        ? "create"
        : after === undefined
          ? "delete"
          : JSON.stringify(before) === JSON.stringify(after)
            ? "same"
            : "update";
    return {
      op,
      urn: `urn:pulumi:test::test::${typeOf(kind)}::${name}`,
      ...(before === undefined ? {} : { oldState: { ...state(before), id: `${name}#1`, outputs: state(before).inputs } }),
      ...(after === undefined ? {} : { newState: state(after) }),
    };
  });
  return JSON.stringify({ steps, changeSummary: {}, ...more });
}
