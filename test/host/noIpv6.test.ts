import { strict as assert } from "node:assert";
import { after, afterEach, before, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { planOn } from "../../provider/src/host/transaction/proposal";
import { kindOf } from "../../provider/src/runtime/kinds";
import { changeToEnsure } from "../../provider/src/runtime/reconcile";
import { type Host, type Lab, startLab } from "../lab/lab";
import { checked, create, type Fields, read, refusal, remove } from "./resource";

/**
 * What the kernel says of rules of a family that it does not have. Only asked for: this machine's kernel has IPv6, and gives nobody a way
 * to be without.
 */
const ip = `#!/bin/sh
case "$*" in
  *-6*) echo 'RTNETLINK answers: Address family not supported by protocol' >&2; echo 'Dump terminated' >&2; exit 255 ;;
esac
exec ip.real "$@"
`;

describe("a host without IPv6", () => {
  let lab: Lab;
  let host: Host;
  before(async () => {
    lab = await startLab({ name: "test-host-noipv6" });
    host = lab.hosts[0];
    await host.replaceBinary("/usr/sbin/ip", ip);
  });
  afterEach(closeHosts);
  after(() => lab.stop());

  const change = (fields: Fields): Fields => ({ connection: host.connection, ...fields });

  it("is changed in what is of IPv4, or of no family", async () => {
    const [, { gateway, device }] = host.uplinks;
    const before = await host.snapshot();
    const made = [
      await create("PolicyRule", change({ priority: 1000, from: "198.18.128.2", table: 100 })),
      await create("NextHop", change({ nhid: 7, via: gateway, dev: device })),
      await create("PolicyRoute", change({ destination: "192.0.2.0/24", nhid: 7, table: 100 })),
      await create("HostRouting", change({ exclusive: true, rules: { out: { priority: 1001, from: "198.18.128.3", table: 100 } } })),
    ];
    for (const one of made) assert.notEqual(await read(one), undefined);
    for (const one of made.toReversed()) await remove(one);
    assert.equal(await host.snapshot(), before);
  });

  const refused: [string, Fields][] = [
    ["PolicyRule", { priority: 1000, from: "2001:db8::1", table: 100 }],
    ["PolicyRoute", { destination: "2001:db8::/64", type: "blackhole", table: 100 }],
    ["NextHop", { nhid: 8, family: "inet6", dev: "eth1" }],
    ["HostRouting", { rules: { out: { priority: 1000, from: "2001:db8::1", table: 100 } } }],
  ];
  for (const [kind, fields] of refused)
    it(`refuses a ${kind} of IPv6 in words, before anything is changed`, async () => {
      const before = await host.snapshot();
      const { message } = await refusal(create(kind, change(fields)));
      assert.match(message, /: the kernel of the host was started or built without IPv6, which is asked for: ip -6 /);
      assert.match(message, /\n {2}next: leave it out for this host, or start its kernel without ipv6\.disable=1$/);
      assert.equal(await host.snapshot(), before);
    });

  it("is planned as it is changed: what is refused then is refused in the plan", async () => {
    const declared = kindOf("PolicyRule").declared(
      await checked("PolicyRule", change({ priority: 1000, from: "2001:db8::1", table: 100 })),
    );
    const { planned, refused: said } = await planOn(declared.connection, [{ change: changeToEnsure("x", declared), look: declared.look }]);
    assert.deepEqual(planned, []);
    assert.match(said.map(({ error }) => error.message).join(), /built without IPv6/);
  });
});
