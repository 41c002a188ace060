// What follows a device, imported again after a state was lost: as it was declared, not as the device has it at this moment.
import { strict as assert } from "node:assert";
import type { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { type Host, type Lab, startLab } from "../lab/lab";
import { check, configure, create, type Json, openDoor, read, remove } from "../unit/plugin/client";

describe("an import of what follows a device", () => {
  let lab: Lab;
  let host: Host;
  let client: ResourceProviderClient;
  before(async () => {
    lab = await startLab({ name: "test-host-import-followed" });
    host = lab.hosts[0];
    // As a DHCP client would.
    await host.exec("ip route add default via 198.18.128.1 dev eth1 metric 5000 proto dhcp");
  });
  // Each is a program of its own.
  beforeEach(async () => {
    const { user = "root", privateKeyPath, knownHostsPath } = host.connection;
    client = await openDoor();
    await configure(client, { connection: JSON.stringify({ user, privateKeyPath, knownHostsPath }) });
  });
  afterEach(() => client.close());
  after(async () => {
    closeHosts();
    await lab.stop();
  });

  const rule = { priority: 1000, family: "inet", from: { addressesOf: "eth1" }, table: 100 };
  const route = { family: "inet", destination: "default", via: { gatewayOf: "eth1" }, table: 100 };
  const made = async (kind: string, fields: Json) => {
    const { inputs, failures } = await check(client, kind, { connection: { host: host.address }, persist: "rc-local", ...fields });
    assert.deepEqual(failures, []);
    return { inputs, ...(await create(client, kind, inputs)) };
  };
  const imported = (kind: string, place: string) => read(client, kind, `${host.address}/${place}`, { outputs: {}, inputs: {} });

  for (const [kind, place, fields] of [
    ["PolicyRule", "rule/inet/1000", rule],
    ["PolicyRoute", "route/inet/100/default", route],
    ["HostRouting", "routing", { rules: { one: rule }, routes: { one: route } }],
  ] as const)
    it(`of a ${kind} says which device, under the id that the register has`, async () => {
      const { id, outputs, inputs } = await made(kind, fields);
      const found = await imported(kind, place);
      assert.equal(found.id, id);
      const entries =
        kind === "HostRouting"
          ? [found.inputs["rules"], found.inputs["routes"]].flatMap((all) => Object.values(all ?? {}))
          : [found.inputs];
      const said = JSON.stringify(entries);
      if (kind !== "PolicyRoute") assert.match(said, /"from":\{"addressesOf":"eth1"\}/);
      if (kind !== "PolicyRule") assert.match(said, /"via":\{"gatewayOf":"eth1"\}/);
      assert.doesNotMatch(said, /198\.18\.128/);
      await remove(client, kind, id, { outputs, inputs });
    });
});
