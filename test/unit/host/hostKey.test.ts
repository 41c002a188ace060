import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostKeyKinds } from "../../../provider/src/host/ssh/algorithms";
import { hostKeyAlgorithms, refusal } from "../../../provider/src/host/ssh/hostKey";
import type { Target } from "../../../provider/src/host/ssh/target";

const sized = (text: string): Buffer => Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)]);
const key = (name: string, type = "ssh-ed25519"): Buffer => Buffer.concat([sized(type), sized(`key of ${name}`)]);
const line = (name: string, type = "ssh-ed25519"): string => `${type} ${key(name, type).toString("base64")} comment`;
const hashed = (name: string): string => {
  const salt = Buffer.from("twenty bytes of salt");
  return `|1|${salt.toString("base64")}|${createHmac("sha1", salt).update(name).digest("base64")}`;
};

describe("the host's key", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "known-hosts-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  function target(knownHosts: string | undefined, options: Partial<Target> = {}): Target {
    const file = join(folder, "known_hosts");
    if (knownHosts !== undefined) writeFileSync(file, knownHosts);
    return {
      name: "edge",
      transport: "ssh2",
      host: "edge-1.example.net",
      port: 22,
      user: "root",
      keys: [],
      knownHosts: knownHosts === undefined ? [join(folder, "absent")] : [file],
      identities: [],
      identitiesOnly: false,
      notFollowed: [],
      ignoreHostKey: false,
      algorithms: {},
      hostKeyKinds,
      perDialTimeout: 15,
      ...options,
    };
  }
  const isKnown = (knownHosts: string, options: Partial<Target> = {}): boolean =>
    refusal(target(knownHosts, options), key("edge")) === undefined;

  const cases: [string, string, Partial<Target>, boolean][] = [
    ["by its name", `edge-1.example.net ${line("edge")}`, {}, true],
    ["by its name in any case", `EDGE-1.example.NET ${line("edge")}`, {}, true],
    ["by one of several names", `other,198.18.0.1,edge-1.example.net ${line("edge")}`, {}, true],
    ["by a wildcard", `*.example.net ${line("edge")}`, {}, true],
    ["by a wildcard of one character", `edge-?.example.net ${line("edge")}`, {}, true],
    ["not by a wildcard that is too short", `*.example ${line("edge")}`, {}, false],
    ["not where it is negated", `*.example.net,!edge-1.example.net ${line("edge")}`, {}, false],
    ["not where a wildcard negates it", `edge-1.example.net,!edge-* ${line("edge")}`, {}, false],
    ["not by a negation alone", `!other ${line("edge")}`, {}, false],
    ["not by a dot for any character", `edge-1xexample.net ${line("edge")}`, {}, false],
    ["not by a part of its name", `edge-1.example.net.evil.org ${line("edge")}`, {}, false],
    ["by its hash", `${hashed("edge-1.example.net")} ${line("edge")}`, {}, true],
    ["not by another's hash", `${hashed("edge-2.example.net")} ${line("edge")}`, {}, false],
    ["at another port by both", `[edge-1.example.net]:2222 ${line("edge")}`, { port: 2222 }, true],
    ["at another port by the hash of both", `${hashed("[edge-1.example.net]:2222")} ${line("edge")}`, { port: 2222 }, true],
    ["at another port by the name alone", `edge-1.example.net ${line("edge")}`, { port: 2222 }, true],
    [
      "at another port not by the name alone, where another key is known with the port",
      `[edge-1.example.net]:2222 ${line("other")}\nedge-1.example.net ${line("edge")}`,
      { port: 2222 },
      false,
    ],
    ["under its alias at another port", `alias ${line("edge")}`, { hostKeyAlias: "alias", port: 2222 }, true],
    ["not under its alias with a port", `[alias]:2222 ${line("edge")}`, { hostKeyAlias: "alias", port: 2222 }, false],
    ["by the hash of its name in lower case", `${hashed("edge-1.example.net")} ${line("edge")}`, { host: "EDGE-1.example.net" }, true],
    ["not as another kind of key than it is", `edge-1.example.net ${line("edge").replace("ed25519", "rsa")}`, {}, false],
    ["not by another port", `[edge-1.example.net]:2222 ${line("edge")}`, {}, false],
    ["under its alias", `alias ${line("edge")}`, { hostKeyAlias: "alias" }, true],
    ["by an IPv6 address", `2001:db8::1 ${line("edge")}`, { host: "2001:db8::1" }, true],
    ["among comments and blank lines", `# edge-1.example.net\n\n  \nedge-1.example.net ${line("edge")}\n`, {}, true],
    [
      "among lines that are broken",
      `edge-1.example.net\nedge-1.example.net ssh-ed25519\nedge-1.example.net ssh-ed25519 !!\nedge-1.example.net ${line("edge")}`,
      {},
      true,
    ],
    ["not by a certificate authority", `@cert-authority *.example.net ${line("edge")}`, {}, false],
    ["as one of several keys", `edge-1.example.net ${line("old", "ssh-rsa")}\nedge-1.example.net ${line("edge")}`, {}, true],
  ];
  for (const [what, knownHosts, options, expected] of cases)
    it(`is${expected ? "" : " not"} known ${what.replace(/^not /, "")}`, () => assert.equal(isKnown(knownHosts, options), expected));

  it("is refused when it is another than the known one", () => {
    const { topic, what, next } = refusal(target(`edge-1.example.net ${line("other")}`), key("edge")) ?? {};
    assert.equal(topic, "host-key-differs");
    assert.equal(what, "the host shows another key than the known one");
    assert.match(next ?? "", /^if the host was set up anew, take the old one away .*; otherwise somebody may be in between$/);
  });
  it("is refused when the host is not known, and the files are named", () => {
    assert.equal(refusal(target(undefined), key("edge"))?.what, `the host's key is not in ${join(folder, "absent")}`);
    const known = target(`another.example.net ${line("edge")}`);
    const files = [join(folder, "absent"), ...known.knownHosts];
    assert.equal(refusal({ ...known, knownHosts: files }, key("edge"))?.what, `the host's key is not in ${join(folder, "known_hosts")}`);
  });
  it("is refused when it is revoked, though it is known too", () => {
    const text = `edge-1.example.net ${line("edge")}\n@revoked * ${line("edge")}`;
    assert.equal(refusal(target(text), key("edge"))?.what, "the host shows a key that is marked as revoked");
  });
  it("is not known by being revoked elsewhere", () => {
    assert.equal(isKnown(`@revoked * ${line("other")}\nedge-1.example.net ${line("edge")}`), true);
  });
  it("is the one that the connection says, and no file is read", () => {
    const given = target(`edge-1.example.net ${line("edge")}`, { hostKey: line("given") });
    assert.equal(refusal(given, key("given")), undefined);
    assert.deepEqual(refusal(given, key("edge")), {
      topic: "host-key-differs",
      what: "the host shows another key than hostKey",
      next: "if the host was set up anew, change hostKey; otherwise somebody may be in between",
    });
    assert.equal(refusal(target(undefined, { hostKey: "nonsense" }), key("edge"))?.what, "hostKey is not a public key in OpenSSH's form");
  });
  it("may be any where the person said so", () => {
    assert.equal(refusal(target(undefined, { ignoreHostKey: true }), key("edge")), undefined);
  });
  it("is asked for in the kinds that are known, first of all", () => {
    assert.equal(hostKeyAlgorithms(target(`edge-1.example.net ${line("edge", "ecdsa-sha2-nistp256")}`))[0], "ecdsa-sha2-nistp256");
    assert.deepEqual(hostKeyAlgorithms(target(`edge-1.example.net ${line("edge", "ssh-rsa")}`)).slice(0, 2), [
      "rsa-sha2-512",
      "rsa-sha2-256",
    ]);
    assert.equal(hostKeyAlgorithms(target(undefined))[0], "ssh-ed25519");
  });
  it("is not asked for in a kind of which the key is revoked", () => {
    const text = `edge-1.example.net ${line("edge", "ssh-rsa")}\n@revoked * ${line("edge")}\nedge-1.example.net ${line("edge")}`;
    assert.equal(hostKeyAlgorithms(target(text))[0], "rsa-sha2-512");
  });
  it("is refused when it is revoked behind a blank", () => {
    const text = `edge-1.example.net ${line("edge")}\n  @revoked * ${line("edge")}`;
    assert.equal(refusal(target(text), key("edge"))?.what, "the host shows a key that is marked as revoked");
  });
  it("is refused where only a certificate authority stands for it, which is named", () => {
    assert.match(
      refusal(target(`@cert-authority * ${line("authority")}`), key("edge"))?.what ?? "",
      /@cert-authority is not followed here/,
    );
  });
});
