import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { type Asked, type Configuration, configurationOf, jumpsOf } from "../../../provider/src/host/ssh/configuration";
import type { Person } from "../../../provider/src/host/ssh/person";
import { wordsOf } from "../../../provider/src/host/ssh/sshGAnswer";

const person: Person = {
  home: "/home/ana",
  passwdHome: "/home/ana",
  user: "ana",
  uid: 1000,
  machine: "desk.example.net",
  environment: { SSH_AUTH_SOCK: "/run/agent", OTHER: "/run/other" },
};
const there = new Set<string>();
const read = (text: string, asked: Partial<Asked> = {}): Configuration =>
  configurationOf(wordsOf(text), { name: "edge", port: undefined, user: undefined, ...asked }, person, (path) => there.has(path));

describe("what ssh -G says of a host", () => {
  it("is taken, and nothing of it is put in twice: a name may hold a percent sign", () => {
    assert.equal(read("hostname fe80::1%hn0\n").host, "fe80::1%hn0");
  });
  it("yields to what the program says", () => {
    const { port, user } = read("port 2200\nuser bob\n", { port: 22, user: "root" });
    assert.deepEqual({ port, user }, { port: 22, user: "root" });
  });
  it("means root where it names nobody", () => assert.equal(read("port 22\n").user, "root"));
  it("has files of keys that somebody named, or those that ssh tries by itself", () => {
    const named = read("identityfile ~/.ssh/%n-%r\nidentityfile ${OTHER}/a b\nuser bob\n");
    assert.deepEqual(named.identityFiles, ["/home/ana/.ssh/edge-bob", "/run/other/a b"]);
    assert.equal(named.isByDefault, false);
    const byDefault = read("identityfile ~/.ssh/id_rsa\nidentityfile ~/.ssh/id_ecdsa\nidentityfile ~/.ssh/id_ed25519\n");
    assert.deepEqual(byDefault.identityFiles[0], "/home/ana/.ssh/id_ed25519");
    assert.equal(byDefault.isByDefault, true);
    assert.equal(read("identityfile ~/.ssh/id_rsa\n").isByDefault, false);
  });
  for (const [word, agent] of [
    ["", "/run/agent"],
    ["identityagent SSH_AUTH_SOCK\n", "/run/agent"],
    ["identityagent $OTHER\n", "/run/other"],
    ["identityagent none\n", undefined],
    ["identityagent ~/my agent\n", "/home/ana/my agent"],
    ["identityagent ${OTHER}/%r\n", "/run/other/root"],
  ] as const)
    it(`leads to an agent: ${word.trim() || "nothing"}`, () => assert.equal(read(word).agent, agent));
  it("has paths with blanks, though ssh prints them without quotes", () => {
    there.add("/home/ana/my known hosts");
    assert.deepEqual(read("userknownhostsfile /a /home/ana/my known hosts /b\nglobalknownhostsfile /c\n").knownHosts, [
      "/a",
      "/home/ana/my known hosts",
      "/b",
      "/c",
    ]);
  });
  it("has a ProxyCommand with its tokens, unless there is a ProxyJump", () => {
    assert.equal(
      read("proxycommand nc -X %r %h %p %n 100%%\nhostname 192.0.2.1\nuser bob\n").proxyCommand,
      "nc -X bob 192.0.2.1 22 edge 100%",
    );
    assert.equal(read("proxycommand none\n").proxyCommand, undefined);
    assert.equal(read("proxycommand nc\nproxyjump a\n").proxyCommand, undefined);
  });
  it("names what is not followed, and nothing that is off", () => {
    const on =
      "certificatefile ~/.ssh/x-cert.pub\npkcs11provider /lib/x.so\nknownhostscommand /bin/x\nverifyhostkeydns yes\nhostbasedauthentication yes\n";
    assert.deepEqual(
      read(on).notFollowed.map(({ keyword }) => keyword),
      ["CertificateFile", "PKCS11Provider", "HostbasedAuthentication", "KnownHostsCommand", "VerifyHostKeyDNS"],
    );
    assert.deepEqual(
      read("pkcs11provider none\nverifyhostkeydns false\nhostbasedauthentication no\ngssapiauthentication yes\n").notFollowed,
      [],
    );
  });
  it("names a certificate that lies beside a key", () => {
    there.add("/k-cert.pub");
    assert.deepEqual(
      read("identityfile /k\n").notFollowed.map(({ keyword }) => keyword),
      ["CertificateFile"],
    );
  });
});

describe("ProxyJump", () => {
  const cases: [string | undefined, object[]][] = [
    [undefined, []],
    ["a", [{ host: "a" }]],
    ["a,b", [{ host: "a" }, { host: "b" }]],
    ["ana@a:2222", [{ host: "a", user: "ana", port: 2222 }]],
    ["ana@corp@a", [{ host: "a", user: "ana@corp" }]],
    [
      "ssh://root@h1:2222,a@[10.1.1.1]",
      [
        { host: "h1", user: "root", port: 2222 },
        { host: "10.1.1.1", user: "a" },
      ],
    ],
    ["[2001:db8::1]:2222", [{ host: "2001:db8::1", port: 2222 }]],
    ["2001:db8::1", [{ host: "2001:db8::1" }]],
    ["[fe80::1%eth0]", [{ host: "fe80::1%eth0" }]],
  ];
  for (const [text, jumps] of cases) it(`${text}`, () => assert.deepEqual(jumpsOf(text), jumps));
});
