import { strict as assert } from "node:assert";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { type Host, type Lab, startLab } from "../lab/lab";
import { type Relay, startRelay } from "../lab/relay";
import { must } from "../lab/run";
import { home, login, ssh } from "./reach";

/** Each case is decided by the ssh of this machine and by us, against the same sshd with keys of three kinds. */
describe("a host's key is taken or refused as by ssh:", () => {
  let lab: Lab;
  let host: Host;
  let gate: Relay;
  let folder: string;
  /** `TYPE BASE64` of the host's keys, and of one that is nobody's. */
  const keys = { ed: "", rsa: "", ec: "", other: "", otherRsa: "" };
  const HOME = process.env["HOME"];
  before(async () => {
    lab = await startLab({ name: "test-host-keys", hosts: 1 });
    host = lab.hosts[0];
    folder = await mkdtemp(join(tmpdir(), "test-host-keys-"));
    const made = async (name: string, type: string): Promise<string> => {
      await must(["ssh-keygen", "-q", "-t", type, "-N", "", "-f", join(folder, name)]);
      const [kind, key] = (await readFile(join(folder, `${name}.pub`), "utf8")).split(" ");
      return `${kind} ${key}`;
    };
    Object.assign(keys, {
      ed: await host.hostKey(),
      rsa: await made("rsa", "rsa"),
      ec: await made("ec", "ecdsa"),
      other: await made("other", "ed25519"),
      otherRsa: await made("otherRsa", "rsa"),
    });
    for (const name of ["rsa", "ec"]) {
      await copyFile(join(folder, name), await host.file(`/etc/ssh/${name}`));
      await host.exec(`chmod 600 /etc/ssh/${name} && chown root:root /etc/ssh/${name}`);
    }
    await host.setSshdOption("HostKey", "/etc/ssh/rsa\nHostKey /etc/ssh/ec");
    gate = await startRelay({ host: host.address });
  });
  afterEach(() => {
    closeHosts();
    if (HOME === undefined) delete process.env["HOME"];
    else process.env["HOME"] = HOME;
  });
  after(async () => {
    await gate.close();
    await lab.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const name = () => host.address;
  /** The same sshd at another port, under a name. */
  const atPort = () => `[localhost]:${gate.port}`;
  const hashed = async (line: string): Promise<string> => {
    const path = join(folder, "to-hash");
    await writeFile(path, `${line}\n`);
    await must(["ssh-keygen", "-q", "-H", "-f", path]);
    return readFile(path, "utf8");
  };

  interface Case {
    readonly known: () => string | Promise<string>;
    /** More of the configuration, which has the known_hosts file as `$known`. */
    readonly more?: (known: string) => string | Promise<string>;
    readonly port?: boolean;
    readonly is: "taken" | "refused";
    /** Why ssh takes what is refused here. */
    readonly stricter?: string;
  }
  const direct = () => `HostName ${name()}\n`;
  const byPort = () => `HostName localhost\n Port ${gate.port}\n AddressFamily inet\n`;

  const decide = (what: string, { known, more, port, is, stricter }: Case): void => {
    it(`${what}: ${is}${stricter === undefined ? "" : `, though ssh takes it: ${stricter}`}`, async () => {
      const file = join(await mkdtemp(join(folder, "known-")), "known_hosts");
      await writeFile(file, `${await known()}\n`);
      const extra = (await more?.(file)) ?? "";
      const files = /KnownHostsFile/.test(extra) ? "" : `UserKnownHostsFile ${file}\n GlobalKnownHostsFile none\n`;
      const made = await home(
        folder,
        `Host edge\n ${extra}\n ${port === true ? byPort() : direct()} ${files} User root\n IdentityFile ${host.keyPath}\n`,
      );
      process.env["HOME"] = made;
      // Whatever StrictHostKeyChecking says, ours is "yes". ssh may write the key down where it does not check: ours goes first.
      const ours = await login({ host: "edge", transport: "ssh2", dialErrorLimit: 0 }).then(
        () => "taken",
        (error: unknown) => {
          assert.match(String(error), /key/, String(error));
          return "refused";
        },
      );
      const strict = /StrictHostKeyChecking/.test(extra) ? [] : ["-o", "StrictHostKeyChecking=yes"];
      const theirs = (await ssh(made, "edge", strict)) ? "taken" : "refused";
      assert.deepEqual({ ours, theirs }, { ours: is, theirs: stricter === undefined ? is : "taken" });
    });
  };

  describe("names", () => {
    decide("the name", { known: () => `${name()} ${keys.ed}`, is: "taken" });
    decide("one of several names", { known: () => `other,${name()},another ${keys.ed}`, is: "taken" });
    decide("a wildcard", { known: () => `198.19.* ${keys.ed}`, is: "taken" });
    decide("a wildcard of one character", { known: () => `${name().slice(0, -1)}? ${keys.ed}`, is: "taken" });
    decide("a wildcard and a negation of the name", { known: () => `198.19.*,!${name()} ${keys.ed}`, is: "refused" });
    decide("a hash", { known: () => hashed(`${name()} ${keys.ed}`), is: "taken" });
    decide("another name's hash", { known: () => hashed(`198.51.100.1 ${keys.ed}`), is: "refused" });
    decide("no line", { known: () => "", is: "refused" });
    decide("a name in upper case", { known: () => `[LOCALHOST]:${gate.port} ${keys.ed}`, port: true, is: "taken" });
    decide("a host that is written in upper case, by the hash of its name in lower case", {
      known: () => hashed(`${atPort()} ${keys.ed}`),
      more: () => "HostName LOCALHOST\n",
      port: true,
      is: "taken",
    });
  });

  describe("ports and aliases", () => {
    decide("[name]:port", { known: () => `${atPort()} ${keys.ed}`, port: true, is: "taken" });
    decide("the hash of [name]:port", { known: () => hashed(`${atPort()} ${keys.ed}`), port: true, is: "taken" });
    decide("the name alone, at another port", { known: () => `localhost ${keys.ed}`, port: true, is: "taken" });
    decide("[name]:port with another key, and the name alone", {
      known: () => `${atPort()} ${keys.other}\nlocalhost ${keys.ed}`,
      port: true,
      is: "refused",
    });
    decide("[name]:port with another kind of key, and the name alone", {
      known: () => `${atPort()} ${keys.otherRsa}\nlocalhost ${keys.rsa}`,
      port: true,
      is: "refused",
    });
    decide("another port", { known: () => `[localhost]:9 ${keys.ed}`, port: true, is: "refused" });
    decide("[name]:22 for port 22", { known: () => `[${name()}]:22 ${keys.ed}`, is: "refused" });
    decide("HostKeyAlias", { known: () => `alias ${keys.ed}`, more: () => "HostKeyAlias alias", is: "taken" });
    decide("HostKeyAlias at another port", { known: () => `alias ${keys.ed}`, more: () => "HostKeyAlias alias", port: true, is: "taken" });
    decide("HostKeyAlias with the port", {
      known: () => `[alias]:${gate.port} ${keys.ed}`,
      more: () => "HostKeyAlias alias",
      port: true,
      is: "refused",
    });
    decide("the name, where HostKeyAlias says another", {
      known: () => `${name()} ${keys.ed}`,
      more: () => "HostKeyAlias alias",
      is: "refused",
    });
  });

  describe("kinds of keys", () => {
    decide("another key of its kind", { known: () => `${name()} ${keys.other}`, is: "refused" });
    decide("its rsa key alone", { known: () => `${name()} ${keys.rsa}`, is: "taken" });
    decide("its ecdsa key alone", { known: () => `${name()} ${keys.ec}`, is: "taken" });
    decide("its rsa key beside another's ed25519 key", { known: () => `${name()} ${keys.rsa}\n${name()} ${keys.other}`, is: "refused" });
    decide("its key beside an old one of its kind", { known: () => `${name()} ${keys.other}\n${name()} ${keys.ed}`, is: "taken" });
    decide("its key under the name of another kind", { known: () => `${name()} ssh-rsa ${keys.ed.split(" ")[1]}`, is: "refused" });
  });

  describe("marks", () => {
    decide("@revoked for all", { known: () => `${name()} ${keys.ed}\n@revoked * ${keys.ed}`, is: "refused" });
    decide("@revoked behind blanks", { known: () => `${name()} ${keys.ed}\n  @revoked * ${keys.ed}`, is: "refused" });
    decide("@revoked with several blanks behind it", { known: () => `${name()} ${keys.ed}\n@revoked   * ${keys.ed}`, is: "refused" });
    decide("@revoked with a tab behind it", {
      known: () => `${name()} ${keys.ed}\n@revoked\t* ${keys.ed}`,
      is: "refused",
      stricter: "it looks for a blank behind the word first, and passes over the line",
    });
    decide("@revoked for another name", { known: () => `${name()} ${keys.ed}\n@revoked other ${keys.ed}`, is: "taken" });
    decide("another key @revoked", { known: () => `${name()} ${keys.ed}\n@revoked * ${keys.other}`, is: "taken" });
    decide("its ed25519 key @revoked, its rsa key known", { known: () => `${name()} ${keys.rsa}\n@revoked * ${keys.ed}`, is: "taken" });
    decide("@cert-authority with its own key", { known: () => `@cert-authority * ${keys.ed}`, is: "refused" });
    decide("two marks", { known: () => `${name()} ${keys.ed}\n@cert-authority @revoked * ${keys.ed}`, is: "taken" });
    decide("a mark that is none", { known: () => `@trusted ${name()} ${keys.ed}`, is: "refused" });
    decide("RevokedHostKeys as a text", {
      known: () => `${name()} ${keys.ed}`,
      more: async (known) => {
        await writeFile(`${known}-revoked`, `# lost\n${keys.ed}\n`);
        return `RevokedHostKeys ${known}-revoked`;
      },
      is: "refused",
    });
    decide("RevokedHostKeys with another key", {
      known: () => `${name()} ${keys.ed}`,
      more: async (known) => {
        await writeFile(`${known}-revoked`, `${keys.other}\n`);
        return `RevokedHostKeys ${known}-revoked`;
      },
      is: "taken",
    });
    decide("RevokedHostKeys that is not there", {
      known: () => `${name()} ${keys.ed}`,
      more: (known) => `RevokedHostKeys ${known}-revoked`,
      is: "refused",
    });
    decide("RevokedHostKeys in binary form", {
      known: () => `${name()} ${keys.ed}`,
      more: async (known) => {
        await must(["ssh-keygen", "-q", "-k", "-f", `${known}-revoked`, join(folder, "other.pub")]);
        return `RevokedHostKeys ${known}-revoked`;
      },
      is: "refused",
      stricter: "it reads that form, which could hold the key, and we do not",
    });
  });

  describe("files and lines", () => {
    decide("GlobalKnownHostsFile", {
      known: () => `${name()} ${keys.ed}`,
      more: (known) => `UserKnownHostsFile none\n GlobalKnownHostsFile ${known}`,
      is: "taken",
    });
    decide("the second of two files", {
      known: () => `${name()} ${keys.ed}`,
      more: (known) => `UserKnownHostsFile ${known}-absent ${known}\n GlobalKnownHostsFile none`,
      is: "taken",
    });
    decide("a path with blanks", {
      known: () => `${name()} ${keys.ed}`,
      more: async (known) => {
        await copyFile(known, `${known} of mine`);
        return `UserKnownHostsFile "${known} of mine"\n GlobalKnownHostsFile none`;
      },
      is: "taken",
    });
    decide("a folder in the place of a file", {
      known: () => `${name()} ${keys.ed}`,
      more: async (known) => {
        await mkdir(`${known}-folder`);
        return `UserKnownHostsFile ${known}-folder\n GlobalKnownHostsFile none`;
      },
      is: "refused",
    });
    decide("lines that are broken, comments and blanks before it", {
      known: () => `# ${name()} ${keys.other}\n  # x\n\n${name()}\n${name()} ssh-ed25519 !!\n\t${name()}\t${keys.ed} of mine`,
      is: "taken",
    });
    for (const word of ["no", "accept-new"])
      decide(`StrictHostKeyChecking ${word}, no line`, {
        known: () => "",
        more: () => `StrictHostKeyChecking ${word}`,
        is: "refused",
        stricter: "a key that nobody compared is waived by name only, by insecureIgnoreHostKey",
      });
    decide("NoHostAuthenticationForLocalhost, no line", {
      known: () => "",
      more: () => "NoHostAuthenticationForLocalhost yes",
      port: true,
      is: "refused",
      stricter: "a port of this machine may lead anywhere",
    });
  });
});
