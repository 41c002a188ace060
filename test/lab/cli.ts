import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { openLab, startLab } from "./lab";
import { labName, takenSlots } from "./slots";
import { takeDown } from "./teardown";

const USAGE = `usage: npm run lab -- [--name NAME] COMMAND     (the name is "lab" unless told)
  [--uplinks 2|3] up [HOSTS]                   starts a lab
  [--user ops|nosudo] ssh HOST [COMMAND...]    logs in to host number HOST
  list                                         the labs of this machine, and the hosts of this one
  down                                         removes the lab`;

async function main(): Promise<number> {
  const argv = process.argv.slice(2);
  // What follows `ssh HOST` is the host's business, dashes and all.
  const end = argv.includes("ssh") ? argv.indexOf("ssh") + 2 : argv.length;
  const { values, positionals } = parseArgs({
    args: argv.slice(0, end),
    allowPositionals: true,
    options: {
      name: { type: "string", default: "lab" },
      uplinks: { type: "string", default: "2" },
      user: { type: "string", default: "root" },
    },
  });
  const [command, ...rest] = positionals;
  const { name, user } = values;
  switch (command) {
    case "up": {
      const began = performance.now();
      const lab = await startLab({ name, hosts: Number(rest[0] ?? 1), uplinks: Number(values.uplinks), keep: true });
      console.log(`${lab.hosts.length} hosts in ${((performance.now() - began) / 1000).toFixed(1)} s, from ${lab.hosts[0]?.address} on`);
      return 0;
    }
    case "ssh": {
      const host = (await openLab(name)).hosts[Number(rest[0] ?? 1) - 1];
      if (!host) throw new Error(`the lab ${name} has no host ${rest[0]}`);
      const [program, ...args] = host.sshCommand(argv.slice(end), user);
      return spawnSync(program, args, { stdio: "inherit" }).status ?? 1;
    }
    case "list": {
      const slots = await takenSlots();
      for (const { lab, pid, orphaned } of slots)
        console.log(`${lab}\t${pid === undefined ? "kept" : orphaned ? "left behind" : `process ${pid}`}`);
      const here = slots.some(({ lab }) => lab === labName(name)) ? await openLab(name) : undefined;
      for (const host of here?.hosts ?? [])
        console.log([host.name, host.address, ...host.uplinks.map(({ device, address }) => `${device} ${address}`)].join("\t"));
      return 0;
    }
    case "down":
      await takeDown(name);
      return 0;
    default:
      console.error(USAGE);
      return 2;
  }
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
