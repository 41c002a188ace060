import { join } from "node:path";
import { ensureEngine } from "../engine-cli/ensure.mjs";
import { type Lab, startLab } from "../lab/lab";
import { cutOff } from "./cutOff";
import { mainJob } from "./mainJob";
import { reboot } from "./reboot";
import { begin, saw } from "./tell";

/** The main job from end to end on hosts of its own: two uplinks, then three. Ends with an error when anything is not as told. */
async function demo(): Promise<void> {
  const started = Date.now();
  const { version, source } = await ensureEngine();
  console.log(
    `Pulumi ${version} (${source}); hosts in network namespaces with a real sshd; providers that drop packets with a wrong source.`,
  );
  for (const uplinks of [2, 3] as const) {
    const lab = await startLab({ name: `demo-${process.pid}`, uplinks });
    try {
      await run(lab, uplinks);
    } finally {
      await lab.stop();
    }
  }
  await reboot();
  console.log(`\nAll of it was seen in ${Math.round((Date.now() - started) / 1000)} s. Nothing is left behind.`);
}

async function run(lab: Lab, uplinks: number): Promise<void> {
  begin(`A host with ${uplinks} uplinks, whose default route uses the first`);
  const [host] = lab.hosts;
  saw(host.uplinks.map(({ device, address, gateway }) => `${device} ${address} gateway ${gateway}`).join("\n"));
  await mainJob(lab, join(__dirname, "..", ".."));
  if (uplinks === 2) await cutOff(lab);
}

demo().then(
  () => process.exit(0),
  (error: Error) => {
    console.error(`\nThe demo failed: ${error.message}`);
    process.exit(1);
  },
);
