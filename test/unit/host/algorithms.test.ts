import { strict as assert } from "node:assert";
import { duplexPair } from "node:stream";
import { describe, it } from "mocha";
import { type Algorithms, Client } from "ssh2";
import { algorithmsOf, allowedHostKeys, hostKeyKinds, lacksAll, offered } from "../../../provider/src/host/ssh/algorithms";

const words = (entries: Readonly<Record<string, string>>) =>
  new Map(Object.entries(entries).map(([keyword, value]) => [keyword.toLowerCase(), [value]]));

/** The lists of the first message that a client sends: RFC 4253, 7.1. */
async function firstMessage(algorithms: Algorithms): Promise<string[][]> {
  const [near, far] = duplexPair();
  const client = new Client();
  client.on("error", () => {});
  let bytes = Buffer.alloc(0);
  const whole = new Promise<Buffer>((resolve) => {
    far.on("data", (data: Buffer) => {
      bytes = Buffer.concat([bytes, data]);
      const line = bytes.indexOf("\r\n");
      const packet = bytes.subarray(line + 2);
      if (line >= 0 && packet.length >= 4 && packet.length >= 4 + packet.readUInt32BE(0)) resolve(packet);
    });
  });
  client.connect({ sock: near, username: "root", algorithms });
  far.write("SSH-2.0-test\r\n");
  const packet = await whole;
  client.destroy();
  let at = 4 + 1 + 1 + 16; // length, padding, kind, cookie
  return Array.from({ length: 8 }, () => {
    const length = packet.readUInt32BE(at);
    at += 4 + length;
    return packet
      .subarray(at - length, at)
      .toString("latin1")
      .split(",");
  });
}

describe("the algorithms of ssh's configuration", () => {
  it("are taken from those that ssh2 offers by itself", async () => {
    const [kex = [], , ciphers = [], , macs = []] = await firstMessage({});
    const own = kex.filter((one) => !/^(?:ext-info-c|kex-strict-c)/.test(one));
    assert.deepEqual(own.sort(), [...offered.KexAlgorithms].sort());
    assert.deepEqual(ciphers.sort(), [...offered.Ciphers].sort());
    assert.deepEqual(macs.sort(), [...offered.MACs].sort());
  });

  it("leave what both know, in ssh2's order, and nothing else is sent", async () => {
    const some = words({
      KexAlgorithms: "mlkem768x25519-sha256,ecdh-sha2-nistp521,curve25519-sha256",
      Ciphers: "aes256-ctr",
      MACs: "hmac-sha2-512,umac-64@openssh.com",
    });
    const [kex = [], , ciphers, , macs] = await firstMessage(algorithmsOf(some));
    assert.deepEqual(kex.slice(0, 2), ["curve25519-sha256", "ecdh-sha2-nistp521"]);
    assert.deepEqual([ciphers, macs], [["aes256-ctr"], ["hmac-sha2-512"]]);
    assert.equal(lacksAll(some), undefined);
  });

  it("say by which keyword nothing is left", () => {
    assert.equal(lacksAll(words({ KexAlgorithms: "mlkem768x25519-sha256" })), "KexAlgorithms");
    assert.equal(lacksAll(words({ HostKeyAlgorithms: "sk-ssh-ed25519@openssh.com" })), "HostKeyAlgorithms");
    assert.equal(lacksAll(words({ Ciphers: "-aes128-ctr" })), undefined); // a file that is read without ssh
  });

  it("narrow the kinds of host key that are asked for", () => {
    assert.deepEqual(allowedHostKeys(words({})), hostKeyKinds);
    assert.deepEqual(allowedHostKeys(words({ HostKeyAlgorithms: "rsa-sha2-256,ssh-ed25519" })), ["ssh-ed25519", "rsa-sha2-256"]);
  });
});
