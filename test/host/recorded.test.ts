// Entries that a released version made, and the state and the register that it wrote of them: later versions make them alike, read and delete them.
import { strict as assert } from "node:assert";
import { join } from "node:path";
import type { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { after, before, describe, it } from "mocha";
import { z } from "zod";
import { unknownValue } from "../../provider/src/declaration/unknown";
import { closeHosts } from "../../provider/src/host/host";
import { type Host, type Lab, startLab } from "../lab/lab";
import { check, create, openDoor, read, remove } from "../unit/plugin/client";
import { isRecording, keep, properties, quiet, quietFolder, recordingsIn } from "../unit/plugin/record";

const folder = join(__dirname, "recorded");
const call = z.object({
  kind: z.string(),
  inputs: properties,
  created: z.object({ id: z.string(), outputs: properties }),
  /** What a refresh was told of it. */
  read: z.object({ id: z.string(), outputs: properties, inputs: properties }),
  /** Our files on the host while it stood, by their paths. */
  files: z.record(z.string(), z.string()),
});
type Call = z.infer<typeof call>;

const register = "/run/policy-routing/register";
const names = "/etc/iproute2/rt_tables.d";
const filesOf = async (host: Host): Promise<Record<string, string>> => {
  const paths = (await host.exec(`find ${register} ${names}/policy-routing-* -type f 2>/dev/null || true`)).split("\n").filter(Boolean);
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await host.exec(`cat ${path}`)])));
};

describe("entries of released versions on a host", function () {
  this.timeout(180_000);
  let lab: Lab;
  let host: Host;
  let client: ResourceProviderClient;
  let here: readonly (readonly [word: string, text: string])[];
  before(async () => {
    lab = await startLab({ name: "test-host-recorded" });
    host = lab.hosts[0];
    const { privateKeyPath, knownHostsPath } = host.connection;
    here = [
      ["{{HOST}}", host.address],
      ["{{KEY}}", privateKeyPath],
      ["{{KNOWN_HOSTS}}", knownHostsPath],
      ["{{MACHINE}}", (await host.exec("cat /etc/machine-id")).trim()],
    ];
    // The links of the examples.
    await host.exec("ip address add 198.51.100.10/24 dev eth0; ip address add 203.0.113.10/24 dev eth1");
    client = await openDoor();
  });
  after(async () => {
    client.close();
    closeHosts();
    await lab.stop();
  });

  /** With words for what is of one host, one moment and one birth. */
  const kept = (one: unknown): Call => {
    const times = JSON.stringify(one).replaceAll(/"appliedAt":"[^"]+"/g, '"appliedAt":"{{TIME}}"');
    const text = here.reduce((before, [word, found]) => before.replaceAll(found, word), times);
    return call.parse(JSON.parse(text.replaceAll(/#[\w-]{6,}/g, "#recorded")));
  };
  const brought = (one: Call): Call => {
    const time = JSON.stringify(one).replaceAll("{{TIME}}", "2026-01-01T00:00:00.000Z");
    return call.parse(JSON.parse(here.reduce((text, [word, found]) => text.replaceAll(word, found), time)));
  };

  if (isRecording)
    it("are recorded", async () => {
      const calls: Call[] = [];
      // What is not known yet nobody makes; the rest has every kind.
      const known = (recordingsIn(quietFolder, quiet).at(-1)?.calls ?? []).filter((one) => !JSON.stringify(one).includes(unknownValue));
      for (const { kind, news } of known) {
        const { inputs } = await check(client, kind, { ...news, persist: "none", connection: { ...host.connection } });
        const created = await create(client, kind, inputs);
        const state = { outputs: created.outputs, inputs };
        const answer = await read(client, kind, created.id, state);
        calls.push(kept({ kind, inputs, created, read: answer, files: await filesOf(host) }));
        await remove(client, kind, created.id, state);
      }
      keep(folder, calls);
    });
  else
    for (const { version, calls } of recordingsIn(folder, call))
      for (const [index, recorded] of calls.entries())
        it(`${version}, ${index + 1}, a ${recorded.kind}: made alike; what it left with its register is read and deleted`, async () => {
          const empty = await host.snapshot();
          const { kind, inputs, created, read: told, files } = brought(recorded);
          const made = await create(client, kind, inputs);
          assert.deepEqual(kept({ ...recorded, created: made }).created, recorded.created);
          // From here on it is the old version's: its id, its state, its files.
          for (const [path, text] of Object.entries(files)) await host.exec(`cat >${path}`, { input: text });
          closeHosts();
          const whole = { outputs: { ...inputs, ...created.outputs }, inputs };
          for (const state of [whole, { outputs: created.outputs, inputs }])
            assert.deepEqual(await read(client, kind, created.id, state), told);
          // Of a state whose outputs somebody took away; when it was applied, only they say.
          const { appliedAt: _when, ...outputs } = told.outputs;
          assert.deepEqual(await read(client, kind, created.id, { outputs: {}, inputs }), { ...told, outputs });
          await remove(client, kind, created.id, whole);
          assert.equal(await host.snapshot(), empty);
        });
});
