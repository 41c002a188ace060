// How hosts are reached in the field, and by which transport: test/host/reach.test.ts holds each row, docs/reference/reach.md shows them.
import { markdownTable } from "markdown-table";

type Outcome = "yes" | "no";

export interface Reach {
  readonly ssh2: Outcome;
  readonly openssh: Outcome;
  /** What is taken where the program says nothing. */
  readonly auto: "ssh2" | "openssh" | "no";
}

const both: Reach = { ssh2: "yes", openssh: "yes", auto: "ssh2" };
const opensshAlone: Reach = { ssh2: "no", openssh: "yes", auto: "openssh" };
const ssh2Alone: Reach = { ssh2: "yes", openssh: "no", auto: "ssh2" };
const neither: Reach = { ssh2: "no", openssh: "no", auto: "no" };

export const groups = {
  "a configuration of ssh": {
    Include: both,
    "Match exec": both,
    "Match originalhost, HostName %h, k=v, lower case": both,
    "IdentityFile with tokens and a variable": both,
    GlobalKnownHostsFile: both,
    "UserKnownHostsFile with blanks in its path": both,
    "BindAddress and AddressFamily": both,
    "KexAlgorithms, Ciphers and MACs that ssh2 has one of": both,
    "Ciphers of which ssh2 has none": opensshAlone,
    "RemoteCommand, RequestTTY, LocalForward, ForkAfterAuthentication": both,
    "ControlMaster auto, with a master that stands": both,
    "a keyword that is none": neither,
  },
  "keys and passwords": {
    "IdentitiesOnly, beside an agent of eight keys": both,
    "IdentityFile key.pub, the key in an agent of nine": both,
    "IdentityFile that is encrypted, the key in an agent of nine": both,
    "IdentityAgent: a path with blanks": both,
    "IdentityAgent: SSH_AUTH_SOCK": both,
    "IdentityAgent: a variable": both,
    "a key and then a password": ssh2Alone,
    "keyboard-interactive with a password": ssh2Alone,
    "a user certificate beside its key": opensshAlone,
    CertificateFile: opensshAlone,
    "a user certificate in an agent": opensshAlone,
    "a security key (FIDO) in an agent": opensshAlone,
    "a security key in an agent, beside a file that the host does not take": opensshAlone,
    "Kerberos (GSSAPIAuthentication)": opensshAlone,
  },
  "a way through others": {
    ProxyJump: both,
    "ProxyJump ssh://user@host:port": both,
    "ProxyJump a,b": both,
    "ProxyJump to a host that has one": both,
    "ProxyJump to a host that takes a user certificate alone": opensshAlone,
    "proxy in the program, with its own key and known_hosts": both,
    "ProxyCommand ssh -W": both,
    "ProxyCommand of a relay program": both,
    "ProxyCommand that fails": neither,
    ProxyUseFdpass: opensshAlone,
  },
  "the host's key": {
    "hostKey in the program": both,
    "a host certificate (@cert-authority)": opensshAlone,
    KnownHostsCommand: opensshAlone,
    "a post-quantum key exchange alone": opensshAlone,
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Reach>>>>;

export const reachOf = (what: string): Reach | undefined =>
  Object.values(groups)
    .flatMap((rows) => Object.entries<Reach>(rows))
    .find(([name]) => name === what)?.[1];

/** For the documents. */
export const reachTable = (): string =>
  Object.entries(groups)
    .map(([group, rows]) => `### ${group[0]?.toUpperCase()}${group.slice(1)}\n\n${tableOf(rows)}`)
    .join("\n\n");

const tableOf = (rows: Readonly<Record<string, Reach>>): string =>
  markdownTable(
    [
      ["Set-up", "`ssh2`", "`openssh`", "Taken by itself"],
      ...Object.entries(rows).map(([what, { ssh2, openssh, auto }]) => [
        what,
        ssh2,
        openssh,
        auto === "no" ? "refused, by name" : `\`${auto}\``,
      ]),
    ],
    { alignDelimiters: false },
  );
