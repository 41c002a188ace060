// Calls of the protocol as a released version answered them: what is in programs and states now, later versions must answer alike.
import { strict as assert } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { afterEach, beforeEach, describe, it } from "mocha";
import { z } from "zod";
import { unknownValue } from "../../../provider/src/declaration/unknown";
import { examples, Reference, type Value } from "../../../scripts/examples/examples";
import { check, type Json, openDoor, update } from "./client";

const file = join(__dirname, "recorded", "0.1.0.json");
const value = z.json();
const object = z.record(z.string(), value);
const call = z.object({
  kind: z.string(),
  /** What the program said. */
  news: object,
  inputs: object,
  /** States that hold it: as the first version kept it, and without what the inputs say. */
  states: z.array(z.object({ outputs: object, inputs: object })),
  /** What becomes of both where the login alone is another. */
  updated: object,
});
type Call = z.infer<typeof call>;
const read = (): Call[] => z.array(call).parse(JSON.parse(readFileSync(file, "utf8")));

/** What is not known in a preview stands for another resource's output. */
function said(one: Value): Json[string] {
  if (typeof one !== "object") return one;
  if (one instanceof Reference) return unknownValue;
  return Array.isArray(one) ? one.map(said) : Object.fromEntries(Object.entries(one).map(([name, inner]) => [name, said(inner)]));
}

const made = { machineId: "61c8223643f282097ec0db90e3f68c5d", persisted: "systemd", appliedAt: "2026-01-01T00:00:00.000Z", schema: 1 };
const withUser = (inputs: Json): Json => ({ ...inputs, connection: { host: "edge-1.example.net", user: "ops" } });

describe("calls of the protocol that version 0.1.0 answered", () => {
  let client: ResourceProviderClient;
  beforeEach(async () => {
    client = await openDoor();
  });
  afterEach(() => client.close());

  if (process.env["UPDATE"] !== undefined)
    it("are recorded", async () => writeFileSync(file, `${JSON.stringify(await record(client), undefined, 1)}\n`, { flag: "wx" }));
  for (const [index, { kind, news, inputs, states, updated }] of (process.env["UPDATE"] === undefined ? read() : []).entries())
    it(`${index + 1}, of a ${kind}: its check, and an update of each form of its state, which asks no host`, async () => {
      assert.deepEqual(await check(client, kind, news), { inputs, failures: [] });
      for (const state of states) assert.deepEqual(await update(client, kind, state.outputs, withUser(inputs), state.inputs), updated);
    });
});

/** Once a release: an older file is never written again. */
async function record(client: ResourceProviderClient): Promise<Call[]> {
  const calls: Call[] = [];
  const resources = Object.values(examples).flat();
  for (const { kind, args } of resources.filter((one) => one.kind !== "MultihomedHost")) {
    const news = Object.fromEntries(Object.entries(args).map(([name, one]) => [name, said(one)]));
    const { inputs } = await check(client, kind, news);
    const whole = { ...inputs, ...made };
    const kept = await update(client, kind, whole, inputs);
    const updated = await update(client, kind, whole, withUser(inputs));
    const states = [
      { outputs: whole, inputs },
      { outputs: kept, inputs },
    ];
    calls.push(call.parse({ kind, news, inputs, states, updated }));
  }
  return calls;
}
