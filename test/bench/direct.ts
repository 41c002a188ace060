// Our transaction and our login, driven without the engine.
import pLimit from "p-limit";
import type { Guard } from "../../provider/src/declaration/guard";
import { tagsOf } from "../../provider/src/declaration/owner";
import { closeHosts, hostOf } from "../../provider/src/host/host";
import { Shell } from "../../provider/src/host/wire/shell";
import { lookAtTable } from "../kernel/wholeTable";
import type { Fleet } from "./fleet";
import { objectsOf, tableId, wanted } from "./objects";
import { median, type Sample } from "./rows";

const atOnce = 32;
const loginsMeasured = 20;

/** One change of all objects on each host. */
export async function directTransaction(fleet: Fleet, count: number, guard: Guard = {}): Promise<Sample> {
  const objects = objectsOf(count);
  await fleet.clear();
  closeHosts();
  const limit = pLimit(atOnce);
  const look = lookAtTable("inet", tableId);
  let seconds = 0;
  const logins = await fleet.loginsDuring(async () => {
    const began = performance.now();
    await Promise.all(
      fleet.connections.map((connection) =>
        limit(() => {
          const change = {
            id: "bench#direct",
            stack: "organization/bench/direct",
            tags: tagsOf(undefined),
            adopt: false,
            wanted: wanted(objects),
          };
          return hostOf(connection).change({ change, look, guard, expect: [] });
        }),
      ),
    );
    seconds = (performance.now() - began) / 1000;
  });
  closeHosts();
  await fleet.mustBeComplete(count);
  return { seconds, logins };
}

/** One login and one empty frame, one after the other. */
export async function login({ connections }: Fleet): Promise<Sample> {
  const [connection] = connections;
  if (connection === undefined) throw new Error("the fleet has no host");
  const seconds: number[] = [];
  for (let count = 0; count < loginsMeasured; count++) {
    const began = performance.now();
    const shell = await Shell.open(connection);
    await shell.run(":");
    seconds.push((performance.now() - began) / 1000);
    shell.close();
  }
  return { seconds: median(seconds) };
}
