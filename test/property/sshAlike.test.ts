// Hosts that a configuration of ssh does not tell apart are asked for once, and each has the answer that ssh would give for it.
import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { delimiter, join } from "node:path";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import type { Person } from "../../provider/src/host/ssh/person";
import { askSsh } from "../../provider/src/host/ssh/sshG";
import { wordsOf } from "../../provider/src/host/ssh/sshGAnswer";
import { runs } from "./subjects";

const names = ["web1", "web2", "db1", "198.51.100.7", "fd00::7"];
const pattern = fc.constantFrom("*", "web*", "web?", "!web2", "web1", "db1", "198.51.100.*", "fd00:*", "*.example", '"web1"');
const word = fc.oneof(
  fc.constantFrom(
    "Port 2200",
    "Port=2201",
    "  User bob",
    "user = ana",
    "# Port 1",
    "",
    "Compression yes # for all",
    "ControlPath ~/%r@%h:%p",
  ),
  fc.constantFrom(
    "HostName web1",
    "HostName WEB2",
    "HostName 198.51.100.%h",
    "HostName edge.example",
    "HostName %h.example",
    "HostKeyAlias all",
  ),
  fc.constantFrom(
    "ProxyJump db1",
    "ProxyCommand nc gate 22",
    "ProxyCommand nc %h 22",
    "IdentityFile ~/.ssh/%h",
    "IdentityFile ~/.ssh/fleet",
  ),
  fc.constantFrom("CanonicalizeHostname no", "Match host web1", "Match all", "Match originalhost db1 exec true", "SendEnv LANG LC_*"),
  fc.array(pattern, { minLength: 1, maxLength: 3 }).map((all) => `Host ${all.join(" ")}`),
  fc.constantFrom("Include one", "Include more/*.conf", "Include more/?.conf missing", "Include mo*/a.conf", "Include ~/nowhere/*"),
);
const file = fc.array(word, { maxLength: 6 }).map((lines) => `${lines.filter((line) => !line.startsWith("Include")).join("\n")}\n`);
const config = fc.record({ own: fc.array(word, { maxLength: 8 }), one: file, a: file, b: file });

/** A path to a master is never used. Files of known hosts are told by the home that somebody means. */
const unused = ["controlpath", "userknownhostsfile"];

describe("what ssh says of hosts that a configuration does not tell apart", () => {
  let folder: string;
  let person: Person;
  const { PATH } = process.env;
  const put = (name: string, text: string): void => writeFileSync(join(folder, name), text, { mode: 0o755 });
  const asked = (name: string) => ({ name, port: undefined, user: undefined });
  const count = (): number => readFileSync(join(folder, "count"), "utf8").length;

  before(() => {
    const { homedir: passwdHome, username: user, uid } = userInfo();
    folder = mkdtempSync(join(tmpdir(), "alike-"));
    for (const name of [".ssh", ".ssh/more"]) mkdirSync(join(folder, name));
    person = { home: folder, passwdHome, user, uid, machine: "here", environment: {} };
    const ssh = execFileSync("sh", ["-c", "command -v ssh"], { encoding: "utf8" }).trim();
    put("ssh", `#!/bin/sh\nprintf . >>${join(folder, "count")}\nexec ${ssh} "$@"\n`);
    put("count", "");
    process.env["PATH"] = [folder, PATH].join(delimiter);
  });
  after(() => {
    process.env["PATH"] = PATH;
    rmSync(folder, { recursive: true });
  });

  it("is told once for all of them", async () => {
    put(".ssh/config", "Host web*\n  User bob\nHost *\n  Port 2200\n  SendEnv LANG\n");
    const answers = await Promise.all(names.map((name) => askSsh(asked(name), person)));
    assert.deepEqual(
      answers.map((words) => words?.get("hostname")),
      names.map((name) => [name]),
    );
    assert.deepEqual(
      answers.map((words) => words?.get("user")?.[0] === "bob"),
      names.map((name) => name.startsWith("web")),
    );
    assert.ok(count() <= 4, `${count()} times`); // once a group, and once more where the local user may be meant
  });

  it("is what ssh says of each", async function () {
    this.timeout(120_000);
    let [hosts, questions] = [0, 0];
    const property = fc.asyncProperty(config, async ({ own, one, a, b }) => {
      // An Include is looked for in the folder of passwd's home: here by its whole path.
      const whole = own.map((line) => line.replace(/(?<=^Include |^Include \S+ )(?=[a-z])/g, join(folder, ".ssh/")));
      put(".ssh/config", `${whole.join("\n")}\n`);
      for (const [name, text] of Object.entries({ one, "more/a.conf": a, "more/b.conf": b })) put(`.ssh/${name}`, text);
      const before = count();
      for (const name of names) {
        const words = await askSsh(asked(name), person).catch(() => undefined);
        hosts++;
        const known = new Map(words);
        const truth = new Map(wordsOf(answerOf(name)));
        // Nobody logs in as the local user by default.
        const others = [...unused, ...(known.has("user") ? [] : ["user"])];
        for (const map of [known, truth]) for (const keyword of others) map.delete(keyword);
        assert.deepEqual([...known].sort(), [...truth].sort(), name);
      }
      questions += count() - before;
    });
    const answerOf = (name: string): string => {
      try {
        const words = ["-G", "-T", "-F", join(folder, ".ssh/config"), "--", name];
        return execFileSync("ssh", words, { encoding: "utf8", env: { ...process.env, PATH }, stdio: ["ignore", "pipe", "ignore"] });
      } catch {
        return "";
      }
    };
    await fc.assert(property, { numRuns: runs(60) });
    assert.ok(questions < hosts, `${questions} questions about ${hosts} hosts`);
  });
});
