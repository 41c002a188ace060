import { join } from "node:path";
import { ensureEngine } from "../engine-cli/ensure.mjs";
import { type Lab, startLab } from "../lab/lab";
import { cutOff } from "./cutOff";
import { lease } from "./lease";
import { mainJob } from "./mainJob";
import { picture } from "./picture";
import { reboot } from "./reboot";
import { takenBack } from "./takenBack";
import { begin, saw } from "./tell";

/** The main job from end to end on hosts of its own: two uplinks, then three. Ends with an error when anything is not as told. */
async function demo(): Promise<void> {
  const started = Date.now();
  const { version, source } = await ensureEngine();
  console.log(
    `Pulumi ${version} (${source}); hosts in network namespaces with a real sshd; providers that drop packets with a wrong source.`,
  );
  const seen = await onLab(2, async (lab) => ({ ...(await job(lab)), cutOff: await cutOff(lab) }));
  await onLab(2, takenBack);
  await onLab(3, job);
  const whole = { ...seen, reboot: await reboot(), lease: await lease() };
  console.log(`\n${picture(whole).join("\n")}`);
  console.log(
    `All of it was seen in ${Math.round((Date.now() - started) / 1000)} s. Nothing is left behind.\nnext: docs/tutorial/two-uplinks.md`,
  );
}

async function onLab<Result>(uplinks: 2 | 3, action: (lab: Lab) => Promise<Result>): Promise<Result> {
  const lab = await startLab({ name: `demo-${process.pid}`, uplinks });
  try {
    return await action(lab);
  } finally {
    await lab.stop();
  }
}

function job(lab: Lab): ReturnType<typeof mainJob> {
  const [{ uplinks }] = lab.hosts;
  begin(`A host with ${uplinks.length} uplinks, whose default route uses the first`);
  saw(uplinks.map(({ device, address, gateway }) => `${device} ${address} gateway ${gateway}`).join("\n"));
  return mainJob(lab, join(__dirname, "..", ".."));
}

demo().then(
  () => process.exit(0),
  (error: Error) => {
    console.error(`\nThe demo failed: ${error.message}`);
    process.exit(1);
  },
);
