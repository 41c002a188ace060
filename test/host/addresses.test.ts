import { strict as assert } from "node:assert";
import { after, afterEach, before, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { handlers } from "../../provider/src/runtime/index";
import { Run } from "../../provider/src/runtime/run";
import { type Host, type Lab, startLab } from "../lab/lab";
import { rulesOf } from "./monitor";
import { checked, create, type Fields, read, refusal, remove, warnings } from "./resource";

/** Each test is a run of its own, as the engine's plugin is. */
describe("one host under two addresses", () => {
  let lab: Lab;
  let host: Host;
  let second: Host;
  let clean: string;
  before(async () => {
    lab = await startLab({ name: "test-host-addresses", hosts: 2 });
    host = lab.hosts[0];
    const [, other] = lab.hosts;
    assert.ok(other !== undefined);
    second = other;
    clean = await both();
  });
  const both = async (): Promise<string> => `${await host.snapshot()}\n${await second.snapshot()}`;
  afterEach(async () => {
    closeHosts();
    assert.equal(await both(), clean);
  });
  after(async () => {
    closeHosts();
    await lab.stop();
  });

  const rule = (connection: object, fields: Fields = {}): Fields => ({
    connection,
    priority: 1000,
    from: "198.18.128.2",
    table: 100,
    ...fields,
  });
  const byIpv6 = (): Fields => ({ ...host.connection, host: host.address6 });
  const named = (id: string, other: string): RegExp =>
    new RegExp(
      `rule inet 1000: .*#.* declares it here, and ${id.replaceAll(/[/+]/g, "\\$&")} at ${other}; both addresses lead to one host`,
    );

  it("what was read at one address is old once something was changed at the other", async () => {
    const one = await create("PolicyRule", rule(byIpv6()));
    assert.notEqual(await read(one), undefined);
    const other = await create("PolicyRule", rule(host.connection, { priority: 1001 }));
    await host.batch(["rule del pref 1000"]);
    assert.equal(await read(one), undefined);
    await remove(other);
    await remove(one);
  });

  it("two resources with one key: the second is refused before anything is changed, and both are named", async () => {
    const kind = handlers("PolicyRule", new Run());
    const inputs = await checked("PolicyRule", rule(host.connection));
    const first = await kind.create(inputs);
    const before = await both();
    const error = await refusal(kind.create(await checked("PolicyRule", rule(byIpv6(), { table: 101 }))));
    assert.match(error.message, named(first.id, host.address));
    assert.ok(error.message.startsWith(`${host.address6}: `), error.message);
    assert.equal(await both(), before);
    await kind.delete(first.id, first.outs);
  });

  it("where the owner's own word comes later, its host is asked though nothing of it changed, and refuses too", async () => {
    const old = await create("PolicyRule", rule(host.connection));
    const kind = handlers("PolicyRule", new Run());
    const other = await kind.create(await checked("PolicyRule", rule(byIpv6(), { table: 101 })));
    const inputs = await checked("PolicyRule", old.fields);
    assert.deepEqual(await kind.diff(old.id, old.state, inputs), { replaces: [], changes: true });
    assert.match((await refusal(kind.update(old.id, old.state, inputs))).message, named(other.id, host.address6.replaceAll(".", "\\.")));
    await kind.delete(other.id, other.outs);
    await remove(old);
  });

  it("is nothing to refuse where a resource is renamed, replaced, or moves its key away", async () => {
    const old = await create("PolicyRule", rule(host.connection));
    // Renamed: the engine does not ask about the old one again, but in a refresh.
    let kind = handlers("PolicyRule", new Run());
    await kind.read(old.id, old.state);
    await kind.diff(old.id, old.state, await checked("PolicyRule", old.fields));
    const renamed = await kind.create(await checked("PolicyRule", rule(byIpv6())));
    await kind.delete(old.id, old.state);
    assert.equal((await rulesOf(host)).length, 1);
    // Replaced: the same address, asked about before.
    kind = handlers("PolicyRule", new Run());
    await kind.diff(renamed.id, renamed.outs, await checked("PolicyRule", rule(byIpv6())));
    const replaced = await kind.create(await checked("PolicyRule", rule(byIpv6())));
    await kind.delete(renamed.id, renamed.outs);
    // Its key moves away, and somebody else takes the place.
    kind = handlers("PolicyRule", new Run());
    const moving = await checked("PolicyRule", rule(byIpv6(), { priority: 1001 }));
    await kind.diff(replaced.id, replaced.outs, moving);
    const placed = await kind.create(await checked("PolicyRule", rule(host.connection, { table: 102 })));
    const moved = await kind.update(replaced.id, replaced.outs, moving);
    assert.deepEqual(await rulesOf(host), ["1000: from 198.18.128.2 lookup 102 proto 214", "1001: from 198.18.128.2 lookup 100 proto 214"]);
    await kind.delete(placed.id, placed.outs);
    await kind.delete(replaced.id, moved.outs);
  });

  it("is not meant where the owner's declaration is of another machine", async () => {
    const old = await create("PolicyRule", rule(host.connection));
    const kind = handlers("PolicyRule", new Run());
    const away = await checked("PolicyRule", rule(second.connection));
    await kind.diff(old.id, old.state, away);
    const other = await kind.create(await checked("PolicyRule", rule(byIpv6(), { table: 101 })));
    const { outs } = await kind.update(old.id, old.state, away);
    assert.deepEqual(
      [await rulesOf(host), await rulesOf(second)],
      [["1000: from 198.18.128.2 lookup 101 proto 214"], ["1000: from 198.18.128.2 lookup 100 proto 214"]],
    );
    await kind.delete(other.id, other.outs);
    await kind.delete(old.id, outs);
  });

  it("what another id of the stack took is told by a refresh, with its name, for every kind of entry", async () => {
    const entries: Fields = {
      rules: { one: { priority: 1000, from: "198.18.128.2", table: 100 } },
      routes: { link: { destination: "203.0.113.0/24", dev: "eth1", table: 100 } },
      nexthops: { gate: { nhid: 7, dev: "eth1" } },
      tables: { rt2: { tableId: 100, name: "rt2" } },
    };
    const old = await create("HostRouting", { connection: host.connection, ...entries });
    const other = await create("HostRouting", { connection: byIpv6(), ...entries });
    let seen: unknown;
    const said = await warnings(async () => {
      seen = await read(old);
    });
    assert.equal(seen, undefined);
    const whose = `is there, but is not this resource's: the register names ${other.id} of stack organization/test/host`;
    assert.equal(said.split(whose).length - 1, 4, said);
    await remove(other);
    await remove(old);
  });
});
