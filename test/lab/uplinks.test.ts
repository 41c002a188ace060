import assert from "node:assert/strict";
import { type Lab, startLab } from "./lab";

describe("the uplinks of a lab's host", function () {
  this.timeout(30_000);
  let lab: Lab;
  beforeEach(async () => {
    lab = await startLab({ name: "test-uplinks", uplinks: 3 });
  });
  afterEach(() => lab.stop());

  const packets = async (provider: number): Promise<number> => (await lab.providers[provider]?.counters())?.accepted ?? Number.NaN;

  for (const family of ["inet", "inet6"]) {
    const six = family === "inet6";

    it(`${family}: answer by the first one only, until policy routing is right`, async () => {
      const host = lab.hosts[0];
      for (const [index, uplink] of host.uplinks.entries()) {
        const address = six ? uplink.address6 : uplink.address;
        const [gateway, prefix] = six ? [uplink.gateway6, uplink.prefix6] : [uplink.gateway, uplink.prefix];
        const { dropped } = await lab.providers[0].counters();
        assert.equal(await lab.internet.tcpConnect(address, 22, index === 0 ? 10_000 : 1_000), index === 0, `${uplink.device} before`);
        if (index > 0)
          assert.ok((await lab.providers[0].counters()).dropped > dropped, "the reply left by the first uplink, which dropped it");
        const table = 101 + index;
        await host.exec(`ip -f ${family} route add ${prefix} dev ${uplink.device} src ${address} table ${table}`);
        await host.exec(`ip -f ${family} route add default via ${gateway} dev ${uplink.device} table ${table}`);
        await host.exec(`ip -f ${family} rule add pref ${1000 + index} from ${address} table ${table}`);
        const accepted = await packets(index);
        assert.equal(await lab.internet.tcpConnect(address, 22, 10_000), true, `${uplink.device} after`);
        assert.ok((await packets(index)) > accepted, `the reply left by ${uplink.device}`);
      }
    });

    it(`${family}: reach the internet, which says by whom it was called`, async () => {
      const host = lab.hosts[0];
      const close = await lab.internet.serve(80);
      const address = six ? lab.internet.address6 : lab.internet.address;
      const { address: source4, address6: source6 } = host.uplinks[0];
      assert.equal(await host.exec(`timeout 10 bash -c 'cat </dev/tcp/${address}/80'`), `${six ? source6 : source4}\n`);
      close();
    });
  }
});
