import { parseArgs } from "node:util";
import { campaign } from "./campaign";

const { values } = parseArgs({ options: { flows: { type: "string", default: "20000" }, seed: { type: "string", default: "1" } } });

/** `npm run test:lookup -- --flows N --seed S`: the lookup against the kernel of this machine. */
async function main(): Promise<void> {
  const started = Date.now();
  const { flows, seen, differences, open } = await campaign(Number(values.flows), Number(values.seed), (done, different) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done} flows, ${different} differences`);
  });
  if (process.stderr.isTTY) process.stderr.write("\n");
  for (const difference of differences.slice(0, 20)) console.log(difference);
  for (const [what, count] of [...seen].sort(([a], [b]) => (a < b ? -1 : 1))) console.log(`${String(count).padStart(8)}  ${what}`);
  console.log(
    `${flows} flows, seed ${values.seed}, ${differences.length} differences, ${open} that cannot be told, ${Math.round((Date.now() - started) / 1000)} s`,
  );
  process.exitCode = differences.length === 0 ? 0 : 1;
}

void main();
