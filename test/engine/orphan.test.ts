// The plugin after its engine: it must not live for ever, must not cut short what it is doing, and must not end for any lesser reason.
// One door: how a process ends with its engine is one place for both. Both are killed in interrupt.test.ts.
import { strict as assert } from "node:assert";
import { once } from "node:events";
import { createServer } from "node:net";
import { PassThrough } from "node:stream";
import { afterEach, describe, it } from "mocha";
import { endWithEngine, engineAddress, listens, untilDone } from "../../provider/src/runtime/orphan";
import { until } from "../lab/until";

const script = "/srv/site/node_modules/@pulumi/pulumi/cmd/dynamic-provider/index.js";

describe("the plugin without its engine", () => {
  let releases: (() => void)[] = [];
  afterEach(() => {
    for (const release of releases.splice(0)) release();
  });

  /** A plugin whose engine is gone, unless said otherwise, and whose standard input ends now. */
  function orphan(engineListens: () => Promise<boolean> = async () => false, limit?: number): { exits: () => number; asked: () => number } {
    const input = new PassThrough();
    let [exits, asked] = [0, 0];
    const exit = (): void => void exits++;
    const counted = (): Promise<boolean> => {
      asked++;
      return engineListens();
    };
    endWithEngine({ input, engineListens: counted, gone: () => {}, exit }, limit);
    input.end();
    return { exits: () => exits, asked: () => asked };
  }
  const yes = (look: () => boolean) => async (): Promise<true | undefined> => look() || undefined;

  it("ends at once when it does nothing", async () => {
    const { exits } = orphan(undefined, 60);
    await until(
      "its end",
      yes(() => exits() > 0),
    );
  });

  it("ends a change first", async () => {
    let release: (() => void) | undefined;
    void untilDone(
      new Promise<void>((resolve) => {
        release = resolve;
      }),
    );
    const { exits, asked } = orphan();
    await until(
      "it to see that the engine is gone",
      yes(() => asked() > 0),
    );
    await new Promise(setImmediate);
    assert.equal(exits(), 0);
    release?.();
    await until(
      "its end",
      yes(() => exits() > 0),
    );
  });

  it("does not wait for ever for a change that never ends", async () => {
    void untilDone(
      new Promise<void>((resolve) => {
        releases = [resolve];
      }),
    );
    const { exits } = orphan(undefined, 20);
    await until(
      "its end",
      yes(() => exits() > 0),
    );
  });

  it("a failed change is an ended one", async () => {
    await assert.rejects(untilDone(Promise.reject(new Error("refused"))));
    const { exits } = orphan();
    await until(
      "its end",
      yes(() => exits() > 0),
    );
  });

  it("stays while the engine listens, although its standard input has ended", async () => {
    let there = true;
    const { exits, asked } = orphan(async () => there);
    await until(
      "it to look twice",
      yes(() => asked() > 1),
    );
    assert.equal(exits(), 0);
    there = false;
    await until(
      "its end",
      yes(() => exits() > 0),
    );
  });

  it("knows the plugin by its script and its engine by the first argument, and is nothing in any other process", () => {
    assert.deepEqual(engineAddress(script, "127.0.0.1:4711"), { host: "127.0.0.1", port: 4711 });
    assert.deepEqual(engineAddress(`C:\\site\\node_modules\\@pulumi\\pulumi\\cmd\\dynamic-provider\\index.js`, "127.0.0.1:1")?.port, 1);
    for (const [main, argument] of [
      [undefined, "127.0.0.1:4711"],
      [script, undefined],
      [script, "4711"],
      ["/srv/site/node_modules/@pulumi/pulumi/cmd/run/index.js", "127.0.0.1:4711"],
      [process.argv[1], "127.0.0.1:4711"],
    ] as const)
      assert.equal(engineAddress(main, argument), undefined);
  });

  it("sees whether an engine listens", async () => {
    const server = createServer((socket) => socket.destroy());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    const engine = { host: "127.0.0.1", port: address.port };
    assert.equal(await listens(engine), true);
    server.close();
    await once(server, "close");
    assert.equal(await listens(engine), false);
  });
});
