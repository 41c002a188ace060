import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { type Relay, startRelay } from "./relay";

describe("a relay", () => {
  const echo = createServer((socket) => socket.on("error", () => {}).pipe(socket));
  let relay: Relay;
  let socket: Socket;
  beforeEach(async () => {
    await once(echo.listen(0, "127.0.0.1"), "listening");
    const address = echo.address();
    assert.ok(address !== null && typeof address === "object");
    relay = await startRelay({ host: "127.0.0.1", port: address.port, delayMs: 25 });
    socket = connect(relay.port, relay.host).on("error", () => {});
    await once(socket, "connect");
  });
  afterEach(async () => {
    await relay.close();
    echo.close();
  });

  const answer = async (): Promise<string> => String((await once(socket, "data"))[0]);

  it("takes its time in either direction, and keeps bytes in order", async () => {
    const began = performance.now();
    let seen = "";
    socket.on("data", (chunk) => (seen += String(chunk)));
    for (let i = 0; i < 100; i++) socket.write(`${i} `);
    const sent = Array.from({ length: 100 }, (_, i) => `${i} `).join("");
    while (seen.length < sent.length) await once(socket, "data");
    assert.equal(seen, sent);
    const took = performance.now() - began;
    assert.ok(took >= 49 && took < 2_000, `${took} ms`);
  });

  it("stalls without closing, and resumes with what it held back", async () => {
    relay.stall();
    socket.write("held");
    assert.equal(await Promise.race([answer(), new Promise((resolve) => setTimeout(resolve, 150, "silence"))]), "silence");
    relay.resume();
    assert.equal(await answer(), "held");
  });

  it("cuts what there is, and takes new connections", async () => {
    relay.cut();
    const [error] = await once(socket, "error");
    assert.ok(error instanceof Error && "code" in error);
    assert.equal(error.code, "ECONNRESET");
    socket = connect(relay.port, relay.host).on("error", () => {});
    await once(socket, "connect");
    socket.write("again");
    assert.equal(await answer(), "again");
  });

  it("passes on the end of a stream", async () => {
    socket.end("last");
    assert.equal(await answer(), "last");
    await once(socket, "end");
  });
});
