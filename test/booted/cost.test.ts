import { closeHosts } from "../../provider/src/host/host";
import { Shell } from "../../provider/src/host/wire/shell";
import { create, type Made, remove } from "../host/resource";
import { type BootedHost, startBooted } from "../lab/booted/booted";
import { type Host, type Lab, startLab } from "../lab/lab";
import { needBooted, suites } from "./suites";

const repeats = 15;
const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

async function took(action: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await action();
  return performance.now() - began;
}

for (const suite of suites)
  describe(`what a guard costs (${suite})`, () => {
    let booted: BootedHost;
    let lab: Lab;
    before(async function () {
      await needBooted(this);
      [booted, lab] = await Promise.all([
        startBooted({ name: `booted-cost-${suite}`, suite }),
        startLab({ name: `booted-cost-${suite}-ns` }),
      ]);
    });
    after(async () => {
      closeHosts();
      await Promise.all([booted?.stop(), lab?.stop()]);
    });

    /** Creates rules one after the other and returns the median time. */
    const transactions = async (host: Host, guard: Record<string, unknown>, more: Record<string, unknown> = {}): Promise<number> => {
      const times: number[] = [];
      const made: Made[] = [];
      for (let number = 0; number <= repeats; number++)
        times.push(
          await took(async () => {
            const fields = {
              connection: host.connection,
              priority: 1000 + number,
              from: `198.51.100.${number}`,
              table: 100,
              guard,
              ...more,
            };
            made.push(await create("PolicyRule", fields));
          }),
        );
      await Promise.all(made.map(remove));
      return median(times.slice(1)); // without the first login
    };

    it("is printed: a transaction with and without, on either kind of host", async () => {
      for (const [kind, host] of [
        ["booted", booted],
        ["namespace", lab.hosts[0]],
      ] as const) {
        const without = await transactions(host, { disabled: true });
        const guarded = await transactions(host, { confirmTimeout: 30 });
        console.log(`      ${kind}: ${guarded.toFixed(0)} ms guarded, ${without.toFixed(0)} ms unguarded`);
      }
    });

    it("is printed: what persisting adds to a guarded transaction", async () => {
      await transactions(booted, { confirmTimeout: 30 }, { persist: "systemd" }); // the service is set up once
      const kept = await create("PolicyRule", { connection: booted.connection, priority: 999, from: "198.51.100.99", table: 100 });
      const [without, persisted]: [number[], number[]] = [[], []];
      for (let pair = 0; pair < 3; pair++) {
        without.push(await transactions(booted, { confirmTimeout: 30 }, { persist: "none" }));
        persisted.push(await transactions(booted, { confirmTimeout: 30 }, { persist: "systemd" }));
      }
      const ratios = persisted.map((time, pair) => time / (without[pair] ?? Number.NaN));
      console.log(
        `      ${median(persisted).toFixed(0)} ms persisted, ${median(without).toFixed(0)} ms not: ${((median(ratios) - 1) * 100).toFixed(0)} % more`,
      );
      await remove(kept);
    });

    it("is printed: systemd-run and a fresh login by themselves", async () => {
      const shell = await Shell.open({ ...booted.connection });
      const times: number[] = [];
      for (let number = 0; number < repeats; number++)
        times.push(
          (await took(() => shell.run(`systemd-run --quiet --collect --service-type=exec --unit=cost-${number} /bin/true`))) -
            (await took(() => shell.run(":"))),
        );
      shell.close();
      const login = async (host: Host): Promise<number> => {
        const logins: number[] = [];
        for (let number = 0; number < repeats; number++)
          logins.push(
            await took(async () => {
              const fresh = await Shell.open({ ...host.connection });
              await fresh.run(":");
              fresh.close();
            }),
          );
        return median(logins);
      };
      console.log(`      systemd-run: ${median(times).toFixed(0)} ms`);
      console.log(`      login: ${(await login(booted)).toFixed(0)} ms booted, ${(await login(lab.hosts[0])).toFixed(0)} ms namespace`);
    });
  });
