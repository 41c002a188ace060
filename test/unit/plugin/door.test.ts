// The second door without an engine: what is decided is tested elsewhere, for it is the same; this is how it goes over the wire.
import { strict as assert } from "node:assert";
import type { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { CheckRequest, DiffResponse, GetSchemaRequest, ProviderHandshakeRequest, ReadRequest } from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { afterEach, beforeEach, describe, it } from "mocha";
import { z } from "zod";
import { unknownValue } from "../../../provider/src/declaration/unknown";
import { handlers } from "../../../provider/src/runtime";
import { kinds } from "../../../provider/src/runtime/kinds";
import { version } from "../../../provider/src/runtime/version";
import { call, check, checkConfig, configure, diff, type Json, openDoor, secret, update, urn } from "./client";

const connection = { host: "edge-1.example.net" };
const rule = { connection, priority: 1000, from: "203.0.113.10", table: 7 };
const owned = { stack: "organization/edge/prod" };

describe("the plugin's protocol", () => {
  let client: ResourceProviderClient;
  beforeEach(async () => {
    client = await openDoor();
  });
  afterEach(() => client.close());

  it("takes secrets, says its version, and a schema of every kind that the life cycle knows", async () => {
    const handshake = await call(client.handshake.bind(client), new ProviderHandshakeRequest());
    assert.equal(handshake.getAcceptSecrets(), true);
    assert.equal((await call(client.getPluginInfo.bind(client), new Empty())).getVersion(), version());
    const text = (await call(client.getSchema.bind(client), new GetSchemaRequest())).getSchema();
    const resources = z.record(z.string(), z.object({ isComponent: z.boolean().default(false) }));
    const schema = z.object({ version: z.string(), resources }).parse(JSON.parse(text));
    assert.equal(schema.version, version());
    const named = (isComponent: boolean): string[] =>
      Object.entries(schema.resources).flatMap(([token, one]) => (one.isComponent === isComponent ? [token.split(":")[2] ?? ""] : []));
    assert.deepEqual(named(false).sort(), kinds.map(({ name }) => name).sort());
    assert.deepEqual(named(true).sort(), ["Fleet", "MultihomedHost"]);
  });

  it("check answers what the first door answers, and fills in whose it is from the resource's name", async () => {
    const { inputs, failures } = await check(client, "PolicyRule", rule);
    assert.deepEqual(failures, []);
    assert.deepEqual(inputs, (await handlers("PolicyRule").check({}, { ...rule, owner: owned })).inputs);
  });

  it("check tells every failure at once, names no property, and shows no secret", async () => {
    const { failures } = await check(client, "PolicyRule", {
      ...rule,
      priority: 99_999,
      tabel: 1,
      connection: { ...connection, password: 424_242 },
    });
    assert.equal(failures.length, 3, failures.join("\n"));
    assert.ok(!failures.join("").includes("424"), failures.join("\n"));
  });

  it("the organization is the configuration's, else the one that the state says, else the word for none", async () => {
    const stackOf = async (olds: Parameters<typeof check>[3]): Promise<unknown> =>
      (await check(client, "PolicyRule", rule, olds)).inputs["owner"];
    assert.deepEqual(await stackOf({}), owned);
    assert.deepEqual(await stackOf({ owner: { stack: "acme/edge/prod" } }), { stack: "acme/edge/prod" });
    assert.deepEqual(await stackOf({ owner: { stack: "acme/other/prod" } }), owned);
    const other = await openDoor();
    await configure(other, { organization: "globex", owner: "220", version: "0.1.0" });
    const { inputs } = await check(other, "PolicyRule", rule, { owner: { stack: "acme/edge/prod" } });
    assert.deepEqual(inputs["owner"], { stack: "globex/edge/prod", proto: 220 });
    other.close();
  });

  it("what is wrong in the configuration is told by the check of it, and ends a run that was not checked", async () => {
    assert.deepEqual(await checkConfig(client, { owner: "220", organization: "acme", unreachable: "keep", version: "1.0.0" }), []);
    const wrong = { owner: "221", unreachable: "never", owners: "1" };
    const failures = await checkConfig(client, wrong);
    assert.deepEqual(failures.map((reason) => reason.split(":")[0]).sort(), ["owner", "owners", "unreachable"]);
    const other = await openDoor();
    await assert.rejects(configure(other, wrong), /owner: expected an even number/);
    other.close();
  });

  it("a connection of the configuration may be an object or a text, and what is secret in it is kept as a secret", async () => {
    const object = { user: "root", password: "WORD" };
    const kept = async (connection: Json[string]) => {
      const response = await call(client.checkConfig.bind(client), new CheckRequest().setNews(Struct.fromJavaScript({ connection })));
      assert.deepEqual(response.getFailuresList(), []);
      return response.getInputs()?.toJavaScript()["connection"];
    };
    assert.deepEqual(await kept(object), { user: "root", password: secret("WORD") });
    assert.deepEqual(await kept(JSON.stringify(object)), secret(JSON.stringify(object)));
    assert.deepEqual(await kept('{"user":"root"}'), '{"user":"root"}');
    const failures = await checkConfig(client, { connection: { host: "edge-1", password: 424_242 } });
    assert.equal(failures.length, 2, failures.join("\n"));
    assert.ok(!failures.join("").includes("424"), failures.join("\n"));
  });

  it("a secret of the program stays one where it stood, in a list in every entry, and passwords are secret without being told", async () => {
    const { inputs, failures } = await check(client, "HostRouting", {
      connection: { ...connection, password: "plain", user: secret("ops") },
      rules: { one: { priority: secret(1000), from: "203.0.113.10", table: 7 } },
      routes: {
        two: {
          family: "inet",
          destination: "default",
          table: 7,
          nexthops: [
            { via: secret("192.0.2.1"), dev: "eth0" },
            { via: "192.0.2.2", dev: "eth1" },
          ],
        },
      },
    });
    assert.deepEqual(failures, []);
    const seen = JSON.stringify(inputs);
    assert.deepEqual(inputs["connection"], { ...connection, user: secret("ops"), password: secret("plain") });
    assert.ok(seen.includes(JSON.stringify({ priority: secret(1000) }).slice(1, -1)), seen);
    for (const via of ["192.0.2.1", "192.0.2.2"]) assert.ok(seen.includes(`"via":${JSON.stringify(secret(via))}`), seen);
    assert.ok(!/"from":\{"4dab/.test(seen), seen);
  });

  it("a value that is not known yet passes, and the rest is canonical", async () => {
    const { inputs, failures } = await check(client, "PolicyRule", {
      ...rule,
      from: unknownValue,
      table: "main",
      connection: unknownValue,
    });
    assert.deepEqual(failures, []);
    assert.equal(inputs["from"], unknownValue);
    assert.equal(inputs["connection"], unknownValue);
  });

  it("an object that two resources declare is refused by the check of the second, with both names; the same one may be checked again", async () => {
    const other = await openDoor();
    assert.deepEqual((await check(other, "PolicyRule", rule)).failures, []);
    assert.deepEqual((await check(other, "PolicyRule", { ...rule, table: 8 })).failures, []);
    const whole = { connection: { ...connection, user: "ops" }, rules: { first: { priority: 1000, to: "192.0.2.0/24", table: 9 } } };
    assert.deepEqual((await check(other, "HostRouting", whole)).failures, [
      "HostRouting one and PolicyRule one both declare rule inet 1000 on edge-1.example.net: one object has one owner",
    ]);
    other.close();
  });

  it("diff leaves it to the engine whether anything changed", async () => {
    const { DIFF_UNKNOWN } = DiffResponse.DiffChanges;
    assert.equal((await diff(client, "PolicyRule", rule, { ...rule, priority: 1001 })).getChanges(), DIFF_UNKNOWN);
  });

  it("a state of the first door goes on here without a login: an update of nothing but its text asks no host", async () => {
    const unreachable = { connection: { host: "127.0.0.1", port: 9, dialErrorLimit: 0 }, owner: owned };
    const state = { ...rule, ...unreachable, family: "inet", machineId: "m", persisted: "systemd", schema: 1 };
    const outs = await update(
      client,
      "PolicyRule",
      { ...state, __provider: "exports.handler = ..." },
      { ...rule, ...unreachable, family: "inet", from: secret("203.0.113.10") },
    );
    assert.equal(outs["__provider"], undefined);
    assert.equal(outs["persisted"], "systemd");
    assert.deepEqual(outs["from"], secret("203.0.113.10"));
  });

  it("what the inputs say and no program reads is kept once: the outputs leave it out, and a state without it is whole", async () => {
    const login = { host: "127.0.0.1", port: 9, dialErrorLimit: 0 };
    const rules = { source: { priority: 1000, family: "inet", from: "203.0.113.10", table: 7 } };
    const inputs = { connection: login, owner: owned, tables: { seven: { tableId: 7, name: "seven" } }, rules };
    const news = { ...inputs, connection: { ...login, user: "ops" } };
    const made = { machineId: "m", persisted: "systemd", appliedAt: "2026-01-01T00:00:00.000Z", schema: 1 };
    const outs = await update(client, "HostRouting", { ...made, tables: inputs.tables }, news, inputs);
    assert.deepEqual(outs, { ...made, tables: inputs.tables });
    const differs = await update(client, "HostRouting", { ...made, tables: inputs.tables, rules: {} }, news, inputs).catch(String);
    assert.match(String(differs), /127\.0\.0\.1/, "what the outputs say otherwise goes before the inputs: that host is asked");
  });

  it("a read of an id alone is an import", async () => {
    const request = new ReadRequest().setId("edge-1.example.net").setUrn(urn("PolicyRule"));
    await assert.rejects(call(client.read.bind(client), request), /is no id of a PolicyRule that can be imported/);
    await assert.rejects(call(client.read.bind(client), request.setProperties(new Struct())), /that can be imported/);
  });

  it("an error carries the message and no stack", async () => {
    const failing = update(client, "PolicyRule", { ...rule, owner: owned }, { ...rule, priority: 99_999, owner: owned });
    await assert.rejects(failing, (error: Error) => /priority: expected/.test(error.message) && !/\n\s+at /.test(error.message));
  });
});
