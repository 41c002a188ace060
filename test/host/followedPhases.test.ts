// A lease that changes at each moment of a change, on a host: what is right is kept, what is undone is undone truly, and the host follows.
import { strict as assert } from "node:assert";
import { writeFile } from "node:fs/promises";
import { before, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import type { Host } from "../lab/lab";
import { following } from "./following";
import { rulesOf } from "./monitor";
import { create, type Fields, type Made, refusal, stateOf, update } from "./resource";

/** Before a program of the host does the next thing of a transaction, or behind it. Of each: the program, its words, and what else must be so. */
const moments: Readonly<
  Record<string, { readonly program: string; readonly words: string; readonly when: string; readonly time: string }>
> = {
  "between the look and the first step": { program: "ln", words: "*/lock *", when: ":", time: "before" },
  "armed, before the first step": { program: "ip", words: "*-batch*", when: "armed", time: "before" },
  "armed, behind the last step": { program: "ip", words: "*-batch*", when: "armed", time: "behind" },
  "right before the confirm": { program: "mv", words: "*/armed */confirmed", when: ":", time: "before" },
  "right behind the confirm": { program: "mv", words: "*/armed */confirmed", when: ":", time: "behind" },
  "when the undo begins": { program: "mv", words: "*/armed */firing*", when: ":", time: "behind" },
};
const names = Object.keys(moments);
const paths = { ip: "/sbin/ip", ln: "/bin/ln", mv: "/bin/mv" } as const;

/** Does what /run/lease says at the moment that /run/moment names, once. */
function wrapper(program: string): string {
  const hook = (time: string): string =>
    Object.entries(moments)
      .filter(([, one]) => one.program === program && one.time === time)
      .map(([name, { words, when }]) => `case "$*" in ${words.replaceAll(" ", "\\ ")}) ! ${when} || happens '${name}' ;; esac\n`)
      .join("");
  return `#!/bin/bash
armed() { ls /run/policy-routing/t-*/armed >/dev/null 2>&1; }
happens() { [ "$(cat /run/moment 2>/dev/null)" != "$1" ] || { rm /run/moment; sh /run/lease; }; }
${hook("before")}${program}.real "$@"; code=$?
${hook("behind")}exit $code
`;
}

describe("a lease that changes at any moment of a change", function () {
  this.timeout(120_000);
  const at = following("test-host-phases", "PolicyRule", {});
  let host: Host;
  before(async () => {
    host = at.host;
    // Until the host goes.
    for (const [program, path] of Object.entries(paths)) await host.replaceBinary(path, wrapper(program));
  });

  const [own, next] = ["198.18.128.2", "198.18.128.77"];
  const [gateway, other] = ["198.18.128.1", "198.18.128.9"];
  const leads = (via: string): string => `ip.real route replace default via ${via} dev eth1 onlink metric 100 proto 16`;
  const leases: Readonly<Record<string, string>> = {
    "another lease": `ip.real addr add ${next}/18 dev eth1; ip.real addr del ${own}/18 dev eth1; ${leads(other)}`,
    "a new lease behind none": `ip.real addr flush dev eth1 scope global; ip.real addr add ${next}/18 dev eth1; ${leads(other)}`,
  };
  const routing = (table: number, more: Fields = {}): Fields => ({
    rules: { second: { priority: 1000, family: "inet", from: { addressesOf: "eth1" }, table } },
    routes: { way: { family: "inet", destination: "default", via: { gatewayOf: "eth1" }, table: 102, ...more } },
  });
  const begin = async (): Promise<Made> => {
    await host.exec(leads(gateway));
    return at.keep(await create("HostRouting", { connection: host.connection, persist: "rc-local", ...routing(102) }));
  };
  const waits = async (moment: string, lease: string): Promise<void> => {
    await writeFile(await host.file("/run/lease"), lease);
    await writeFile(await host.file("/run/moment"), moment);
  };
  const happened = async (): Promise<void> => assert.equal((await host.result("test -e /run/moment")).code, 1, "it did not come to that");
  /** As the service on the host does it. */
  const follows = async (made: Made, table: number, address: string, mtu = ""): Promise<void> => {
    await at.replay();
    assert.deepEqual(await rulesOf(host), [`1000: from ${address} lookup ${table} proto 214`]);
    assert.equal((await host.exec("ip -N -o route show table 102")).trim(), `default via ${other} dev eth1 proto 214 onlink${mtu}`);
    assert.equal((await at.replay("--check")).code, 0);
    const found = await at.found(made);
    assert.deepEqual([found?.["rules"], found?.["routes"]], [stateOf(made)["rules"], stateOf(made)["routes"]], "no drift");
  };

  for (const [event, lease] of Object.entries(leases)) {
    it(`${event}: a right change is kept`, async () => {
      for (const moment of names.filter((one) => one !== "when the undo begins")) {
        const one = await begin();
        await waits(moment, lease);
        const made = await at.change(one, routing(103, { mtu: 1400 })).catch((error: unknown) => assert.fail(`${moment}: ${error}`));
        await happened();
        await follows(made, 103, next, " mtu 1400");
        await at.clean();
      }
    });

    // A removal and an undo fare worst where the kernel took the routes of the device, too.
    if (event === "another lease") continue;

    it(`${event}: what is removed is gone`, async () => {
      for (const moment of names.filter((one) => one !== "when the undo begins")) {
        const one = await begin();
        await waits(moment, lease);
        await at.remove(one).catch((error: unknown) => assert.fail(`${moment}: ${error}`));
        await happened();
        await at.clean();
      }
    });

    it(`${event}: a wrong change is undone, and that is the truth`, async () => {
      for (const moment of names.filter((one) => !one.endsWith("the confirm"))) {
        const one = await begin();
        await waits(moment, lease);
        const probes = [{ route: "192.0.2.1", dev: "nowhere", expect: true }];
        const wrong = update(one, { ...routing(103, { mtu: 1400 }), guard: { confirmTimeout: 30, probes } });
        assert.match((await refusal(wrong)).message, /reverted \(verified\)/, moment);
        await happened();
        closeHosts();
        await follows(one, 102, next);
        await at.clean();
      }
    });
  }
});
