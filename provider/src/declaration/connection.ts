import { field, type Values } from "./attribute";
import { objectOf } from "./canonical";
import type { Problem } from "./failures";
import { flag, integer, oneOf, textOf } from "./number";

/** As ssh itself wants it: it may stand in a command of the person's own, such as a ProxyCommand. */
export const userPattern = /^(?!-)[^\p{Cc}'"`$;&<>|(){}]*[^\p{Cc}'"`$;&<>|(){}\\]$/u;

const pathText = textOf("a path").regex(/^[^\p{Cc}]*$/u, "expected a path on one line");

/** The fields of @pulumi/command's `remote.Connection`, so that one object serves both packages. */
const shared = {
  host: field({
    schema: textOf("a host name or address").regex(/^[A-Za-z0-9_.:%-]+$/, "expected a host name or address, or an alias of ~/.ssh/config"),
    doc: "Name or address of the host, or an alias of `~/.ssh/config`.",
    absent: "required",
    example: "edge-1.example.net",
  }),
  port: field({ schema: integer(1, 65535), doc: "TCP port of sshd.", absent: "from `~/.ssh/config`, else 22", example: 22 }),
  user: field({
    schema: textOf("a user name").regex(userPattern, "expected a user name"),
    doc: "User to log in as: root, or one with `sudo`.",
    absent: "from `~/.ssh/config`, else root",
    example: "root",
  }),
  password: field({
    schema: textOf("a password"),
    secret: true,
    doc: "Password of the user. Kept secret, however the program gives it.",
    absent: "no password",
    example: "secret",
  }),
  privateKey: field({
    schema: textOf("a private key"),
    secret: true,
    doc: "Text of a private key. Kept secret, however the program gives it; with `privateKeyPath` or an agent the state holds no secret at all.",
    absent: "no key",
    example: "-----BEGIN OPENSSH PRIVATE KEY-----...",
  }),
  privateKeyPassword: field({
    schema: textOf("a passphrase"),
    secret: true,
    doc: "Passphrase of the private key. Kept secret, however the program gives it.",
    absent: "the key is not encrypted",
    example: "secret",
  }),
  agentSocketPath: field({
    schema: pathText,
    doc: "Socket of an SSH agent.",
    absent: "`SSH_AUTH_SOCK`, when no key and no password is given",
    example: "/run/user/1000/ssh-agent.sock",
  }),
  hostKey: field({
    schema: textOf("a public host key"),
    doc: "Public key that the host must show, as in `known_hosts` or a `.pub` file.",
    absent: "the host must be in `known_hosts`",
    example: "ssh-ed25519 AAAAC3Nza...",
  }),
  dialErrorLimit: field({
    schema: integer(-1, 1000),
    doc: "How many times a host is dialled again that is unreachable or still starts; -1 for as long as the engine lives. 60 waits for four minutes and more. Refused logins are never tried again.",
    absent: "10, within 30 s",
    example: 3,
  }),
  perDialTimeout: field({
    schema: integer(1, 3600),
    doc: "Seconds that one dial may take, from the first packet to the shell; the way to a jump host has its own.",
    absent: "15; for a jump host, that of the host behind it",
    example: 15,
  }),
};

/** What this package adds to them. */
const added = {
  privateKeyPath: field({
    schema: pathText,
    doc: "File with a private key, on the machine where Pulumi runs; `~` is its home.",
    absent: "from `~/.ssh/config`",
    example: "~/.ssh/id_ed25519",
  }),
  knownHostsPath: field({
    schema: pathText,
    doc: "File with known host keys, in OpenSSH's form.",
    absent: "from `~/.ssh/config`, else `~/.ssh/known_hosts` and `/etc/ssh/ssh_known_hosts`",
    example: "./known_hosts",
  }),
};

const waiver = {
  schema: flag,
  doc: "Takes any host key. Somebody between you and the host can then read and change everything.",
  absent: "false",
  example: true,
};

export const proxyFields = {
  ...shared,
  ...added,
  insecureIgnoreHostKey: field({ ...waiver, settle: (value: boolean) => value || undefined }),
};

export const transports = ["auto", "ssh2", "openssh", "local"] as const;
export type Transport = (typeof transports)[number];

/** The machine on which Pulumi runs. */
export const isHere = (host: string): boolean => ["localhost", "127.0.0.1", "::1"].includes(host);

const requireHost = (values: { host?: string }, pending: ReadonlySet<string>) =>
  values.host === undefined && !pending.has("host") ? [{ path: ["host"], text: "is required" }] : [];

export const connectionFields = {
  ...proxyFields,
  // A flag that is off is kept: it goes before a default that is on.
  insecureIgnoreHostKey: field(waiver),
  sudo: field({
    schema: flag,
    doc: "Runs everything by `sudo`: by `sudo -n`, for a user who needs no password for it, or with `sudoPassword`.",
    absent: "false",
    example: true,
  }),
  sudoPassword: field({
    schema: textOf("a password").regex(/^[^\n]*$/, "expected a password on one line"),
    secret: true,
    doc: "Password that sudo asks for. Kept secret, however the program gives it. It is sent to sudo's standard input, and only when sudo asks.",
    absent: "sudo must ask for none",
    example: "secret",
  }),
  transport: field({
    schema: oneOf(transports),
    settle: (value) => (value === "auto" ? undefined : value),
    doc: "Who logs in. `ssh2`: a library, quick, takes passwords and keys as text. `openssh`: your own `ssh`, with certificates, security keys, Kerberos and all that it knows, at twice the time; it asks nobody anything. `local`: nobody, for a program that runs on the host itself (`host` is then `localhost`).",
    absent: "`auto`: `ssh2`, and `openssh` where your configuration of ssh has what only it can do",
    example: "openssh",
  }),
  proxy: field({
    schema: objectOf(proxyFields, "expected an object such as { host: ... }", requireHost),
    doc: "Jump host: the connection to `host` goes through it. It has the same fields, except `proxy`, `sudo` and `sudoPassword`.",
    absent: "from `ProxyJump` in `~/.ssh/config`, else none",
    example: { host: "jump.example.net" },
  }),
};

/** What says how to log in; the others say how long, or what runs behind the login. */
const loginFields = [
  "port",
  "user",
  "password",
  "privateKey",
  "privateKeyPassword",
  "privateKeyPath",
  "agentSocketPath",
  "hostKey",
  "knownHostsPath",
  "insecureIgnoreHostKey",
  "proxy",
] as const;
const textFields = ["password", "privateKey", "privateKeyPassword"] as const;

const requireConnection = (values: Partial<Connection>, pending: ReadonlySet<string>) => [
  ...requireHost(values, pending),
  ...againstTransport(values),
];

/** No value is named: one of them may be a secret. */
function againstTransport({ transport, host, proxy, ...values }: Partial<Connection>): Problem[] {
  const path = ["transport"];
  if (transport === "openssh" && [values, proxy ?? {}].some((one) => textFields.some((name) => one[name] !== undefined)))
    return [
      {
        path,
        text: "openssh takes no password, and no key as text or with a passphrase: name a key by privateKeyPath or load it into an agent, or leave transport out",
      },
    ];
  if (transport !== "local") return [];
  const useless = loginFields.filter((name) => ({ ...values, proxy })[name] !== undefined);
  return [
    ...(host === undefined || isHere(host) ? [] : [{ path, text: "local is the machine on which Pulumi runs: its host is localhost" }]),
    ...(useless.length === 0 ? [] : [{ path, text: `local logs in nowhere: leave ${useless.join(", ")} out` }]),
  ];
}

export const connectionSchema = objectOf(connectionFields, "expected an object such as { host: ... }", requireConnection);
export type Connection = Values<typeof connectionFields> & { host: string };
export type ProxyConnection = Values<typeof proxyFields>;

/** The part that says which host is meant; the rest says how to log in. */
export function addressOf(connection: Partial<Connection>): string {
  const { host, port, proxy } = connection;
  return JSON.stringify([host, port ?? null, proxy?.host ?? null, proxy?.port ?? null]);
}

export const isConnection = (value: unknown): value is Connection =>
  typeof value === "object" && value !== null && "host" in value && typeof value.host === "string";
