import { strict as assert } from "node:assert";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { type Host, type Lab, startLab } from "../lab/lab";
import { create, type Fields, refusal, remove } from "./resource";
import { type Silent, startListener, startSshd } from "./silence";

describe("a host that says nothing", function () {
  this.timeout(60_000);

  let lab: Lab;
  let host: Host;
  let target: Host;
  let privateKey: string;
  const open: Silent[] = [];
  before(async () => {
    lab = await startLab({ name: "test-host-silence", hosts: 2 });
    host = lab.hosts[0];
    const [, other] = lab.hosts;
    assert.ok(other !== undefined);
    target = other;
    privateKey = await readFile(host.keyPath, "utf8");
  });
  afterEach(async () => {
    closeHosts();
    await Promise.all(open.splice(0).map((one) => one.close()));
  });
  after(() => lab.stop());

  const rule = { priority: 1000, from: "198.18.128.2", table: 100 };
  /** Milliseconds that something takes, and what came of it. */
  const timed = async <T>(action: () => Promise<T>): Promise<[T, number]> => {
    const began = performance.now();
    return [await action(), performance.now() - began];
  };
  const opened = async <T extends Silent>(starting: Promise<T>): Promise<T> => {
    const one = await starting;
    open.push(one);
    return one;
  };
  const makeAndRemove = async (): Promise<void> => {
    await remove(await create("PolicyRule", { connection: host.connection, ...rule }));
    closeHosts();
  };

  it("130 of them beside a healthy host: it takes at most 1.5 times as long as alone", async function () {
    await makeAndRemove(); // what is loaded once
    const alone: number[] = [];
    for (let i = 0; i < 5; i++) alone.push((await timed(makeAndRemove))[1]);
    const silent = await Promise.all(Array.from({ length: 130 }, () => opened(startListener())));
    let ended = 0;
    const dead = silent.map(async ({ host: name, port }) => {
      const connection = { host: name, port, user: "root", privateKey, dialErrorLimit: 0, perDialTimeout: 40 };
      await refusal(create("PolicyRule", { connection, ...rule }));
      ended++;
    });
    // The healthy one comes last: nobody else is to go before it.
    await new Promise(setImmediate);
    const beside: number[] = [];
    for (let i = 0; i < 5; i++) beside.push((await timed(makeAndRemove))[1]);
    assert.equal(ended, 0, "they are no longer there");
    await Promise.all(silent.map((one) => one.close()));
    await Promise.all(dead);
    const [most, least] = [Math.min(...beside), Math.min(...alone)];
    if (this.test !== undefined) this.test.title += ` (alone ${least.toFixed(0)} ms, beside them ${most.toFixed(0)} ms)`;
    assert.ok(most <= 1.5 * least, `alone ${alone.join(", ")}, beside them ${beside.join(", ")}`);
  });

  const short = { dialErrorLimit: 0, perDialTimeout: 3 };
  const hanging: [string, () => Promise<Fields>, RegExp][] = [
    [
      "behind a jump host, where packets are dropped",
      async () => {
        await target.exec("nft 'table inet silence { chain input { type filter hook input priority 0; drop; }; }'");
        return { ...target.connection, ...short, proxy: host.connection };
      },
      /: no way through the jump host 198\.19\.[0-9.]+ within 3 s/,
    ],
    [
      "behind a jump host that never opens a way",
      async () => {
        const { host: name, port, hostKey } = await opened(startSshd());
        return { ...host.connection, ...short, proxy: { host: name, port, user: "root", privateKey, hostKey } };
      },
      /: no way through the jump host 127\.0\.0\.1 within 3 s/,
    ],
    [
      "a jump host that never logs in, whose own limit nobody gave",
      async () => {
        const { host: name, port } = await opened(startListener());
        return { ...host.connection, ...short, proxy: { host: name, port, user: "root", privateKey } };
      },
      /^127\.0\.0\.1: no login within 3 s/,
    ],
    [
      "that logs in and never begins the shell",
      async () => {
        const { host: name, port, hostKey } = await opened(startSshd());
        return { host: name, port, user: "root", privateKey, hostKey, ...short };
      },
      /^127\.0\.0\.1: no shell within 3 s/,
    ],
  ];
  for (const [what, connection, message] of hanging)
    it(`${what}: is told within perDialTimeout + 2 s`, async () => {
      const given = await connection();
      const [error, took] = await timed(() => refusal(create("PolicyRule", { connection: given, ...rule })));
      assert.match(error.message, message);
      assert.ok(took < 5000, `${took.toFixed(0)} ms`);
    });

  it("at the confirming login: the change is undone, and that is told about when the guard's time is over", async () => {
    const before = await host.snapshot();
    const { host: name, port, hostKey } = await opened(startSshd((command) => host.sshCommand([command])));
    const guard = { confirmTimeout: 5 };
    const [error, took] = await timed(() =>
      refusal(create("PolicyRule", { connection: { host: name, port, user: "root", privateKey, hostKey }, guard, ...rule })),
    );
    assert.match(
      error.message,
      /: reverted \(verified\): no new login got through for [0-9.]+ s after the change: it seems to cut the host off \(no shell within [0-9.]+ s/,
    );
    assert.ok(took < 10_000, `${took.toFixed(0)} ms`);
    assert.equal(await host.snapshot(), before);
  });
});
