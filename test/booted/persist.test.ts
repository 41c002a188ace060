import { strict as assert } from "node:assert";
import { closeHosts } from "../../provider/src/host/host";
import { create, type Made, remove } from "../host/resource";
import { type BootedHost, startBooted } from "../lab/booted/booted";
import { until } from "../lab/until";
import { note, others, ours, printHeld } from "./held";
import { managers } from "./managers";
import { needBooted, suites } from "./suites";

/** More by POLICY_ROUTING_REPEATS; of what happens often, to a host that systemd alone looks after, by POLICY_ROUTING_OFTEN. */
const repeats = Number(process.env["POLICY_ROUTING_REPEATS"] ?? 2);
const often = Number(process.env["POLICY_ROUTING_OFTEN"] ?? repeats);
/** What a busy machine may take beyond what is promised. */
const grace = 5;

const declare = async (host: BootedHost, persist: string): Promise<Made[]> => {
  const [, { device, address, prefix, gateway, gateway6 }] = host.uplinks;
  const all = { connection: host.connection, persist, coexist: "ignore" };
  return [
    await create("PolicyRoute", { ...all, destination: prefix, dev: device, src: address, table: 100 }),
    await create("PolicyRoute", { ...all, destination: "default", via: gateway, dev: device, src: address, table: 100 }),
    await create("PolicyRoute", { ...all, destination: "default", via: gateway6, dev: device, table: 100 }),
    await create("PolicyRoute", { ...all, destination: "default", type: "unreachable", family: "inet", metric: 4000, table: 100 }),
    await create("NextHop", { ...all, nhid: 7, via: gateway, dev: device }),
    await create("PolicyRoute", { ...all, destination: "198.51.100.0/24", nhid: 7, table: 101 }),
    await create("PolicyRule", { ...all, priority: 1000, from: address, table: 100 }),
    await create("PolicyRule", { ...all, priority: 1001, to: "2001:db8:77::/48", table: 100 }),
  ];
};

/**
 * Looks for as long as it may take, since some managers remove things some time after the event: the seconds after which nothing was
 * missing any more and nothing too much.
 */
async function whenHeld(host: BootedHost, declared: string, event: string, within: number): Promise<number> {
  const began = performance.now();
  const passed = (): number => (performance.now() - began) / 1000;
  let seen = "";
  let last = 0;
  await until(
    `everything of ours after ${event}`,
    async () => {
      seen = await ours(host);
      if (seen !== declared) last = passed();
      return seen === declared && passed() > within ? true : undefined;
    },
    (within + grace) * 1000,
  ).catch(async (error: unknown) => {
    const told = await host.exec("journalctl --sync; journalctl -b -n 40 --no-pager -o short-precise; ip addr");
    throw new Error(`${String(error)}\n--- declared\n${declared}\n--- there\n${seen}\n--- host\n${told}`);
  });
  return last;
}

/** At a priority and in a table where ours are too. */
const addForeign = ({ uplinks: [{ gateway, device }] }: BootedHost): string =>
  `ip rule add pref 1000 from 198.51.100.9 table 9 2>/dev/null
  ip route replace default via ${gateway} dev ${device} table 100 metric 77 proto static`;
const removeForeign = "ip rule del pref 1000 from 198.51.100.9 table 9; ip route del default table 100 metric 77";

after(() => console.log(printHeld()));

for (const suite of suites)
  for (const manager of managers)
    describe(`what is persisted on a booted host whose links are managed by ${manager.name} (${suite})`, () => {
      let host: BootedHost;
      before(async function () {
        await needBooted(this);
        host = await startBooted({ name: `booted-persist-${suite}`, suite });
        await manager.install(host);
        await settled();
      });

      const settled = (): Promise<true> =>
        until(`${manager.name} to settle`, async () => ((await host.result(manager.settled)).code === 0 ? true : undefined), 30_000);
      after(async () => {
        closeHosts();
        await host?.stop();
      });

      for (const backend of ["systemd", "ifupdown", "rc-local"] as const)
        it(`${backend}: everything of ours is there again after each event that it hears of; nothing is left at the end`, async () => {
          const clean = await host.snapshot();
          const bare = await others(host);
          const isAlone = manager.name === "nobody";
          const made = await declare(host, backend);
          for (const { state } of made) assert.equal(state["persisted"], backend);
          const declared = await ours(host);
          assert.equal(declared.split("\n").length, made.length);
          for (const { name, within, often: isOften, happen } of manager.events) {
            if (backend !== "systemd" && !manager.heard[backend].includes(name)) continue;
            const times: number[] = [];
            const wanted = isOften && backend === "systemd" ? often : repeats;
            for (let count = 0; count < wanted; count++) {
              closeHosts();
              // The monitor leaves to others what they remove again and again: these are events of different minutes.
              await settled();
              if (backend === "systemd") await host.exec("systemctl restart policy-routing.service");
              if (isAlone) await host.exec(addForeign(host));
              const foreign = name === "reboot" ? bare : await others(host);
              await happen(host);
              times.push(await whenHeld(host, declared, name, within));
              if (isAlone) assert.equal(await others(host), foreign, name);
            }
            const held = times.filter((time) => time <= within).length;
            note({ suite, backend, manager: manager.name, event: name, held, of: times.length, seconds: Math.max(...times) });
          }
          await settled();
          if (isAlone && (await others(host)) !== bare) await host.exec(removeForeign);
          for (const one of made.toReversed()) await remove(one);
          closeHosts();
          if (isAlone) assert.equal(await host.snapshot(), clean);
          else assert.equal(await ours(host), "");
          assert.equal(await host.exec("find /etc -path '*policy-routing*'; ls /etc/rc.local 2>/dev/null || :"), "");
          assert.equal((await host.exec("systemctl --failed --no-legend --plain")).trim(), "");
        }).timeout((20 + 10 * repeats + often) * 60_000);
    });
