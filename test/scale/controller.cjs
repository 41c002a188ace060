// A controller of its own, as the engine's plugin is one: works on many hosts at once, and tells what that took of its machine.
const { readdirSync, readFileSync } = require("node:fs");
const { hostOf } = require("../../provider/dist/host/host");
const { nothingMore } = require("../../provider/dist/kernel/observed/look");
const { handlers } = require("../../provider/dist/runtime");

const handlesNow = () => readdirSync("/proc/self/fd").length;

/** Reads the host, or makes a HostRouting there. */
async function work(connection, routing) {
  if (routing === undefined) return hostOf(connection).look(nothingMore);
  const { inputs, failures } = await handlers("HostRouting").check({}, { ...routing, connection });
  if (failures.length > 0) throw new Error(JSON.stringify(failures));
  return handlers("HostRouting").create(inputs);
}

async function main() {
  const { connections, routing } = JSON.parse(readFileSync(0, "utf8"));
  let handles = 0;
  const sampling = setInterval(() => {
    handles = Math.max(handles, handlesNow());
  }, 20);
  const began = performance.now();
  const ends = await Promise.allSettled(connections.map((connection) => work(connection, routing)));
  const seconds = (performance.now() - began) / 1000;
  clearInterval(sampling);
  handles = Math.max(handles, handlesNow());
  const failed = ends.flatMap(({ reason }) => (reason === undefined ? [] : [String(reason.message)]));
  const { maxRSS } = process.resourceUsage();
  process.stdout.write(JSON.stringify({ failed, handles, seconds, mebibytes: maxRSS / 1024 }), () => process.exit());
}

main();
