import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { createServer, type Socket } from "node:net";

/** An SSH agent that holds a security key (FIDO), as one in a token would be: there is none in a machine that runs tests. */
export interface SecurityKeyAgent {
  readonly socket: string;
  /** A line for authorized_keys. */
  readonly publicKey: string;
  close(): Promise<void>;
}

const kind = "sk-ssh-ed25519@openssh.com";
const application = "ssh:";

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const field = (bytes: Buffer | string): Buffer => {
  const text = Buffer.from(bytes);
  return Buffer.concat([u32(text.length), text]);
};
const message = (type: number, ...parts: readonly Buffer[]): Buffer => field(Buffer.concat([Buffer.of(type), ...parts]));

/** Messages of draft-miller-ssh-agent: which keys there are, and a signature. */
const [asksKeys, keys, asksSignature, signature, failure] = [11, 12, 13, 14, 5];

export async function startSecurityKeyAgent(socket: string): Promise<SecurityKeyAgent> {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  const blob = Buffer.concat([field(kind), field(raw), field(application)]);
  let counter = 0;
  /** PROTOCOL.u2f: over hashes of the application and of what is signed, with flags (1: somebody touched it) and a counter between. */
  const signed = (data: Buffer): Buffer => {
    const hash = (bytes: Buffer | string): Buffer => createHash("sha256").update(bytes).digest();
    const flags = Buffer.concat([Buffer.of(1), u32(++counter)]);
    const whole = sign(undefined, Buffer.concat([hash(application), flags, hash(data)]), privateKey);
    return Buffer.concat([field(kind), field(whole), flags]);
  };
  const answer = (request: Buffer): Buffer => {
    if (request[0] === asksKeys) return message(keys, u32(1), field(blob), field("a security key"));
    if (request[0] !== asksSignature) return message(failure);
    const key = request.readUInt32BE(1);
    const data = request.subarray(5 + key + 4, 5 + key + 4 + request.readUInt32BE(5 + key));
    return message(signature, field(signed(data)));
  };
  const open = new Set<Socket>();
  const server = createServer((one) => {
    open.add(one);
    let read = Buffer.alloc(0);
    one.on("error", () => {});
    one.on("data", (bytes: Buffer) => {
      read = Buffer.concat([read, bytes]);
      while (read.length >= 4 && read.length >= 4 + read.readUInt32BE(0)) {
        const length = read.readUInt32BE(0);
        one.write(answer(read.subarray(4, 4 + length)));
        read = read.subarray(4 + length);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    socket,
    publicKey: `${kind} ${blob.toString("base64")}`,
    close: () =>
      new Promise((resolve) => {
        for (const one of open) one.destroy();
        server.close(() => resolve());
      }),
  };
}
