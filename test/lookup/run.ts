import { parseArgs } from "node:util";
import { type Series, seriesOf, whyNoVm } from "../lab/vm/kernel";
import { Vm } from "../lab/vm/vm";
import { campaign } from "./campaign";

const { values } = parseArgs({
  options: {
    flows: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    /** One of Debian's, in a virtual machine, instead of this machine's. */
    kernel: { type: "string" },
    vrfs: { type: "boolean", default: false },
  },
});

/** `npm run test:lookup -- --flows N --seed S [--kernel 6.1 [--vrfs]]`: the lookup against a kernel. */
async function main(): Promise<void> {
  const series = values.kernel === undefined ? undefined : seriesOf(values.kernel);
  const vm = series === undefined ? undefined : await boot(series);
  if (series !== undefined && vm === undefined) return;
  try {
    await ask(vm);
  } finally {
    await vm?.stop();
  }
}

/** Undefined, with a reason printed, where no virtual machine can be had. */
async function boot(series: Series): Promise<Vm | undefined> {
  const reason = await whyNoVm();
  if (reason === undefined) return Vm.boot(series);
  console.log(`skipped, Linux ${series} was not asked: ${reason}`);
  return undefined;
}

async function ask(place: Vm | undefined): Promise<void> {
  const started = Date.now();
  const { flows, seen, differences, open } = await campaign(
    Number(values.flows),
    Number(values.seed),
    (done, different) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${done} flows, ${different} differences`);
    },
    { withVrfs: values.vrfs, ...(place === undefined ? {} : { place }) },
  );
  if (process.stderr.isTTY) process.stderr.write("\n");
  for (const difference of differences.slice(0, 20)) console.log(difference);
  for (const [what, count] of [...seen].sort(([a], [b]) => (a < b ? -1 : 1))) console.log(`${String(count).padStart(8)}  ${what}`);
  const where = place === undefined ? "" : `Linux ${place.kernel}, iproute2 ${place.iproute2}: `;
  console.log(
    `${where}${flows} flows, seed ${values.seed}, ${differences.length} differences, ${open} that cannot be told, ${Math.round((Date.now() - started) / 1000)} s`,
  );
  process.exitCode = differences.length === 0 ? 0 : 1;
}

void main();
