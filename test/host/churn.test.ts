import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { after, afterEach, before, describe, it } from "mocha";
import { tagsOf } from "../../provider/src/declaration/owner";
import { closeHosts } from "../../provider/src/host/host";
import { observe } from "../../provider/src/host/reading/observe";
import { Session } from "../../provider/src/host/wire/session";
import { together } from "../../provider/src/kernel/observed/look";
import { kindOf } from "../../provider/src/runtime/kinds";
import { type Host, type Lab, startLab } from "../lab/lab";
import { until } from "../lab/until";
import { create, type Made, read, remove, update } from "./resource";

const foreign = 3000;
const readings = 400;
const changes = 40;

/** A dump of many rules comes in several messages; what goes before the next one makes the kernel pass over as many that stand. */
describe(`a host on which somebody adds and flushes ${foreign} rules all the time`, function () {
  this.timeout(600_000);
  let lab: Lab;
  let host: Host;
  let stopChurn: () => Promise<void>;
  before(async () => {
    lab = await startLab({ name: "test-host-churn" });
    host = lab.hosts[0];
    const lines = Array.from(
      { length: foreign },
      (_, index) => `rule add pref ${100 + index} from 10.${index >> 8}.${index & 255}.0/24 table 7 proto 99`,
    );
    const many = await host.file("/run/many");
    await writeFile(many, lines.join("\n"));
    const loop = `while :; do ip -force -batch ${many} 2>/dev/null; ip rule flush proto 99; done`;
    const churn = spawn("ip", ["netns", "exec", host.namespace, "sh", "-c", loop], { stdio: "ignore" });
    stopChurn = async () => {
      const ended = once(churn, "exit");
      churn.kill("SIGKILL");
      await ended;
    };
    await until(
      "the first of them",
      async () => ((await host.exec("ip -N rule | grep -c 'proto 99' || :")).trim() === "0" ? undefined : true),
      60_000,
    );
  });
  let made: Made[] = [];
  afterEach(async () => {
    for (const one of made.toReversed()) await remove(one);
    made = [];
    closeHosts();
  });
  after(async () => {
    await stopChurn?.();
    closeHosts();
    await lab?.stop();
  });

  const rule = (priority: number, from: string): Promise<Made> =>
    create("PolicyRule", { connection: host.connection, priority, from, table: 100 });

  it(`shows ours in each of ${readings} readings, once`, async () => {
    const ours = [await rule(1000, "198.18.128.2"), await rule(2500, "198.18.128.3"), await rule(20_000, "198.18.128.4")];
    made = ours;
    const session = new Session({ ...host.connection });
    const shell = await session.shell();
    const wrong: string[] = [];
    const declared = ours.map(({ id, kind, state }) => ({ id, ...kindOf(kind).declared(state) }));
    const look = together(declared.map((one) => one.look));
    for (let count = 1; count <= readings; count++) {
      const { state } = await observe(shell, look, session.warn);
      for (const one of declared) {
        if (one.read(state, one.id) === undefined) wrong.push(`reading ${count}: ${one.id} is gone`);
        for (const entry of one.wanted) wrong.push(...[entry.missing(state, tagsOf(undefined))].flatMap((problem) => problem ?? []));
      }
    }
    session.close();
    assert.deepEqual(wrong, []);
  });

  it(`undoes none of ${changes} changes for nothing`, async () => {
    let one = await rule(1500, "198.18.128.2");
    made = [one];
    for (let count = 0; count < changes; count++) {
      one = await update(one, { from: `198.18.128.${10 + count}` });
      made = [one];
    }
    assert.equal((await read(one))?.["from"], `198.18.128.${9 + changes}`);
  });
});
