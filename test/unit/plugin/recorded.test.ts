// Calls of the protocol as a released version answered them: what is in programs and states now, later versions must answer alike.
import { strict as assert } from "node:assert";
import type { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { z } from "zod";
import { unknownValue } from "../../../provider/src/declaration/unknown";
import { examples, Reference, type Value } from "../../../scripts/examples/examples";
import { check, type Json, openDoor, update } from "./client";
import { isRecording, keep, quiet, quietFolder, recordingsIn } from "./record";

type Call = z.infer<typeof quiet>;

/** What is not known in a preview stands for another resource's output. */
function said(one: Value): Json[string] {
  if (typeof one !== "object") return one;
  if (one instanceof Reference) return unknownValue;
  return Array.isArray(one) ? one.map(said) : Object.fromEntries(Object.entries(one).map(([name, inner]) => [name, said(inner)]));
}

const made = { machineId: "61c8223643f282097ec0db90e3f68c5d", persisted: "systemd", appliedAt: "2026-01-01T00:00:00.000Z", schema: 1 };
const withUser = (inputs: Json): Json => ({ ...inputs, connection: { host: "edge-1.example.net", user: "ops" } });

describe("calls of the protocol that ask no host", () => {
  let client: ResourceProviderClient;
  beforeEach(async () => {
    client = await openDoor();
  });
  afterEach(() => client.close());

  if (isRecording) it("are recorded", async () => keep(quietFolder, await record(client)));
  else
    for (const { version, calls } of recordingsIn(quietFolder, quiet))
      describe(`as version ${version} answered them`, () => {
        for (const [index, { kind, news, inputs, states, updated }] of calls.entries())
          it(`${index + 1}, of a ${kind}: its check, and an update of each form of its state`, async () => {
            assert.deepEqual(await check(client, kind, news), { inputs, failures: [] });
            for (const state of states)
              assert.deepEqual(await update(client, kind, state.outputs, withUser(inputs), state.inputs), updated);
          });
      });
});

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
    calls.push(quiet.parse({ kind, news, inputs, states, updated }));
  }
  return calls;
}
