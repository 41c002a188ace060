import assert from "node:assert/strict";
// Of the SDK no more: the whole of it asks passwd for a home, which a controller in a container may not have.
import { specialSigKey } from "@pulumi/pulumi/runtime/rpc";
import { handlers } from "../../provider/src/runtime/index";
import { long } from "../../provider/src/runtime/short";

export type Fields = Record<string, unknown>;

export const stack = "organization/test/host";

/** A resource as the engine knows it: its id and its state. */
export interface Made {
  readonly kind: string;
  readonly id: string;
  readonly fields: Fields;
  readonly state: Fields;
}

/** As the engine sends what was marked as a secret to a plugin that takes none: the bare value. */
export function sent(fields: Fields): Fields {
  const bare = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(bare);
    if (typeof value !== "object" || value === null) return value;
    return specialSigKey in value && "value" in value ? value.value : sent({ ...value });
  };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, bare(value)]));
}

export async function checked(kind: string, fields: Fields): Promise<Fields> {
  const { inputs, failures } = await handlers(kind).check({}, { owner: { stack }, ...fields });
  assert.deepEqual(failures, []);
  return sent(inputs);
}

export async function create(kind: string, fields: Fields): Promise<Made> {
  const { id, outs } = await handlers(kind).create(await checked(kind, fields));
  return { kind, id, fields, state: outs };
}

/** The fields that are named change, the others stay. */
export async function update(made: Made, change: Fields): Promise<Made> {
  const fields = { ...made.fields, ...change };
  const { outs } = await handlers(made.kind).update(made.id, sent(made.state), await checked(made.kind, fields));
  return { ...made, fields, state: outs };
}

/** Its state, with the entries at full length. */
export const stateOf = ({ state }: Made): Fields => long(state);

export async function read({ kind, id, state }: Made): Promise<Fields | undefined> {
  const { inputs } = await handlers(kind).read(id, sent(state));
  return inputs;
}

export async function remove({ kind, id, state }: Made): Promise<void> {
  await handlers(kind).delete(id, sent(state));
}

/** The error of what must not succeed. */
export async function refusal(action: Promise<unknown>): Promise<Error> {
  const error: unknown = await action.then(
    () => assert.fail("it was not refused"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Error, String(error));
  if (error instanceof assert.AssertionError) throw error;
  return error;
}

/** Runs something and tells what the plugin wrote to its standard error meanwhile. */
export async function warnings(action: () => Promise<unknown>): Promise<string> {
  const listening = listenToStderr();
  try {
    await action();
  } finally {
    listening.end();
  }
  return listening.text();
}

/** Keeps what is written to standard error, instead of printing it. */
export function listenToStderr(): { text(): string; end(): void } {
  const original = process.stderr.write;
  let seen = "";
  process.stderr.write = (chunk: string | Uint8Array): boolean => {
    seen += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
    return true;
  };
  return {
    text: () => seen,
    end: () => {
      process.stderr.write = original;
    },
  };
}
