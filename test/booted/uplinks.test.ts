// A second uplink whose address nobody knows when the program is written: a real client, a real server, and a provider that drops wrong sources.
import { strict as assert } from "node:assert";
import { remove } from "../host/resource";
import { clients } from "./clients";
import { LeasedHost } from "./leased";
import { needBooted, suites } from "./suites";
import { events, longest } from "./uplinkEvents";
import { troubles } from "./uplinkTroubles";

for (const [suite, client] of suites.flatMap((one) => clients.map((other) => [one, other] as const)))
  describe(`an uplink that ${client.name} leases (${suite})`, function () {
    this.timeout(longest);
    let one: LeasedHost | undefined;
    const get = (): LeasedHost => {
      assert.ok(one !== undefined);
      return one;
    };
    before(async function () {
      await needBooted(this);
      one = await LeasedHost.start(suite, client);
    });
    after(() => one?.stop());

    events(get);
    troubles(get);

    it("goes without a trace", async () => {
      const { host, made } = get();
      await remove(made);
      await get().alone();
      assert.equal(await host.exec("ip rule show | grep 'proto 214'; ls -d /etc/policy-routing 2>/dev/null || :"), "");
    });
  });
