import { strict as assert } from "node:assert";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import type { ProxyConnection } from "../../../provider/src/declaration/connection";
import { configurationOf } from "../../../provider/src/host/ssh/configuration";
import { mayHelp, needOf } from "../../../provider/src/host/ssh/openssh/need";
import { wordsOf } from "../../../provider/src/host/ssh/sshGAnswer";

const field = (text: string): Buffer => Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)]);
const publicKey = (kind: string): string => `${kind} ${Buffer.concat([field(kind), field("key")]).toString("base64")}\n`;

describe("only ssh itself gets there", () => {
  let home: string;
  before(() => {
    home = mkdtempSync(join(tmpdir(), "need-"));
    mkdirSync(join(home, ".ssh"));
  });
  after(() => rmSync(home, { recursive: true }));

  const put = (name: string, text: string): string => {
    writeFileSync(join(home, name), text);
    return join(home, name);
  };
  const need = (text: string, connection: ProxyConnection = {}): Promise<string | undefined> => {
    const person = { home, passwdHome: home, user: "root", uid: 0, machine: "here", environment: {} };
    const words = wordsOf(text);
    const configuration = configurationOf(words, { name: "edge", port: undefined, user: undefined }, person, existsSync);
    return needOf(connection, configuration, words, connection.privateKeyPath);
  };

  it("for what the configuration says of who logs in", async () => {
    assert.equal(await need("certificatefile ~/cert.pub\n"), "CertificateFile");
    assert.equal(await need("pkcs11provider /lib/token.so\n"), "PKCS11Provider");
    assert.equal(await need("certificatefile none\npkcs11provider none\nhostbasedauthentication no\n"), undefined);
    assert.equal(await need("certificatefile ~/cert.pub\n", { privateKeyPath: put("plain", "") }), undefined);
  });

  it("for a certificate beside the key that is used", async () => {
    const key = put("certified", "");
    put("certified-cert.pub", "");
    assert.match((await need(`identityfile ${key}\n`)) ?? "", /^(CertificateFile|a certificate beside the key)$/);
    assert.equal(await need("", { privateKeyPath: key }), "a certificate beside the key");
  });

  it("for keys of security keys, where there is no other: also for one that ssh tries by itself", async () => {
    assert.equal(await need(""), undefined);
    put(".ssh/id_ed25519_sk", "");
    put(".ssh/id_ed25519_sk.pub", publicKey("sk-ssh-ed25519@openssh.com"));
    assert.equal(await need(""), "a key of a security key");
    put(".ssh/id_ed25519", "");
    put(".ssh/id_ed25519.pub", publicKey("ssh-ed25519"));
    assert.equal(await need(""), undefined);
  });

  it("for what the configuration says of the host's key, unless the program knows better", async () => {
    assert.equal(await need("knownhostscommand /bin/keys\n"), "KnownHostsCommand");
    for (const better of [{ hostKey: "ssh-ed25519 AAAA" }, { insecureIgnoreHostKey: true }, { knownHostsPath: "./known_hosts" }])
      assert.equal(await need("knownhostscommand /bin/keys\n", better), undefined);
    const known = put("known_hosts", `@cert-authority * ${publicKey("ssh-ed25519")}`);
    assert.equal(await need(`userknownhostsfile ${known}\nglobalknownhostsfile none\n`), "@cert-authority in known_hosts");
    put("known_hosts", `@cert-authority * ${publicKey("ssh-ed25519")}edge ${publicKey("ssh-ed25519")}`);
    assert.equal(await need(`userknownhostsfile ${known}\nglobalknownhostsfile none\n`), undefined);
  });

  it("for ways and algorithms that ssh2 has not", async () => {
    assert.equal(await need("proxycommand nc -F %h %p\nproxyusefdpass yes\n"), "ProxyUseFdpass");
    assert.equal(await need("proxyusefdpass yes\n"), undefined);
    assert.equal(await need("ciphers aes128-cbc\n"), "Ciphers of which ssh2 has none");
  });

  it("after a refusal only where it holds what ssh2 cannot show", async () => {
    assert.equal(await mayHelp({ keys: [] }, wordsOf("gssapiauthentication no\n")), undefined);
  });
});
