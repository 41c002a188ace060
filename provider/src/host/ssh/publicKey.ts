import { readFileSync } from "node:fs";

/** The key of a line `TYPE BASE64 ...`, as in a .pub file; what the key says of its own kind must be the same. */
export function keyOf(text: string): { type: string; key: Buffer } | undefined {
  const [type, base64] = text.trim().split(/\s+/);
  if (type === undefined || base64 === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const key = Buffer.from(base64, "base64");
  return kindOf(key) === type ? { type, key } : undefined;
}

/** Which key an identity file is about, though its private half is encrypted or only in an agent: FILE.pub, else what stands in FILE in clear. */
export function publicKeyOf(path: string): Buffer | undefined {
  const [own, beside] = [textOf(path), textOf(`${path}.pub`)];
  return keyOf(beside)?.key ?? publicHalf(own) ?? (own.startsWith("-----") ? undefined : keyOf(own)?.key);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

const magic = Buffer.from("openssh-key-v1\0");

/** OpenSSH's form: cipher, kdf, its options, the number of keys, the public key. */
export function publicHalf(text: string): Buffer | undefined {
  const [, base64] = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(text) ?? [];
  const bytes = Buffer.from(base64 ?? "", "base64");
  if (!bytes.subarray(0, magic.length).equals(magic)) return undefined;
  let at = magic.length;
  const next = (): Buffer => {
    const length = at + 4 <= bytes.length ? bytes.readUInt32BE(at) : 0;
    const piece = bytes.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    return piece;
  };
  next();
  next();
  next();
  at += 4;
  const key = next();
  return key.length === 0 ? undefined : key;
}

/** The kind that a key says of itself. */
export const kindOf = (key: Buffer): string => (key.length < 4 ? "" : key.subarray(4, 4 + key.readUInt32BE(0)).toString("latin1"));
