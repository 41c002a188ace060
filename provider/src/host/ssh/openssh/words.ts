import type { ProxyConnection } from "../../../declaration/connection";
import type { Person } from "../person";
import { keyOf } from "../publicKey";
import { scratch } from "../scratch";
import { configFiles, ownFile } from "../sshG";
import type { Words } from "../sshGAnswer";
import { wholePath } from "../tokens";

/** How the person's ssh is called for one host. */
export interface Openssh {
  /** All but the time that a dial may take, the host and the command. */
  readonly words: readonly string[];
  /** Why it is by this transport, where nobody said so. */
  readonly because: string | undefined;
}

type Option = readonly [keyword: string, value: string];

/**
 * What a shell for frames needs, whatever the configuration says. A login over a master's connection would prove nothing about a new one, and
 * ControlMaster=no alone still goes by one that stands. Nobody answers questions. INFO tells which algorithms do not fit.
 */
const forced: readonly Option[] = [
  ["BatchMode", "yes"],
  ["ControlMaster", "no"],
  ["ControlPath", "none"],
  ["ControlPersist", "no"],
  ["UpdateHostKeys", "no"],
  ["ForwardAgent", "no"],
  ["ForwardX11", "no"],
  ["ClearAllForwardings", "yes"],
  ["Tunnel", "no"],
  ["PermitLocalCommand", "no"],
  ["RequestTTY", "no"],
  ["EscapeChar", "none"],
  ["LogLevel", "INFO"],
  ["ConnectionAttempts", "1"],
  ["ServerAliveInterval", "5"],
  ["ServerAliveCountMax", "3"],
];

/** The same, for keywords that not every ssh has: given only where it names them itself. */
const forcedWhereKnown: readonly Option[] = [
  ["RemoteCommand", "none"],
  ["SessionType", "default"],
  ["StdinNull", "no"],
  ["ForkAfterAuthentication", "no"],
];

/** A path in a configuration's own quotes. Its percent signs are no tokens. */
const literal = (text: string): string => `"${text.replaceAll("%", "%%").replace(/["\\]/g, "\\$&")}"`;
const words = (options: readonly Option[]): string[] => options.flatMap(([keyword, value]) => ["-o", `${keyword}=${value}`]);

/** What the program says of a login. First words win, so it goes before the configuration. */
function said(connection: ProxyConnection, known: Words, person: Person): Option[] {
  const { port, user, privateKeyPath, agentSocketPath, hostKey, knownHostsPath, insecureIgnoreHostKey } = connection;
  const whole = (path: string): string => literal(wholePath(path, { d: person.home }, person));
  const keysFrom = (file: string): Option[] => [
    ["UserKnownHostsFile", file],
    ["GlobalKnownHostsFile", "/dev/null"],
    ["VerifyHostKeyDNS", "no"],
    ["NoHostAuthenticationForLocalhost", "no"],
    ...(known.has("knownhostscommand") ? [["KnownHostsCommand", "none"] as const] : []),
  ];
  return [
    ...(user === undefined ? [] : [["User", `"${user}"`] as const]),
    ...(port === undefined ? [] : [["Port", String(port)] as const]),
    ...(privateKeyPath === undefined
      ? []
      : ([
          ["IdentityFile", whole(privateKeyPath)],
          ["IdentitiesOnly", "yes"],
        ] as const)),
    ...(agentSocketPath === undefined ? [] : [["IdentityAgent", whole(agentSocketPath)] as const]),
    ...(agentSocketPath === undefined || privateKeyPath !== undefined ? [] : [["IdentitiesOnly", "no"] as const]),
    ["StrictHostKeyChecking", insecureIgnoreHostKey === true ? "no" : "yes"],
    ...(insecureIgnoreHostKey === true
      ? keysFrom("/dev/null")
      : hostKey !== undefined
        ? // Under a name of its own neither name nor port nor address of the host matter.
          ([["HostKeyAlias", pinned], ["CheckHostIP", "no"], ...keysFrom(literal(scratch(`${pinned} ${pin(hostKey)}\n`)))] as const)
        : knownHostsPath !== undefined
          ? keysFrom(whole(knownHostsPath))
          : []),
  ];
}

/** One key, whatever else stands in the text. */
function pin(hostKey: string): string {
  const { type = "", key } = keyOf(hostKey) ?? {};
  return `${type} ${key?.toString("base64") ?? ""}`;
}

const pinned = "policy-routing-host";

/** Users are said even where nobody did: ssh would log in as the local one. */
export function opensshOf(
  connection: ProxyConnection & { readonly proxy?: ProxyConnection | undefined },
  user: string,
  jumpUser: string,
  known: Words,
  person: Person,
  because: string | undefined,
): Openssh {
  const { proxy } = connection;
  const jumps = proxy !== undefined || known.has("proxyjump");
  const file = jumps
    ? scratch(throughJump(proxy === undefined ? undefined : { ...proxy, user: jumpUser }, known, person))
    : ownFile(person);
  return {
    because,
    words: [
      "-T",
      ...(file === undefined ? [] : ["-F", file]),
      ...words([...forced, ...forcedWhereKnown.filter(([keyword]) => known.has(keyword.toLowerCase()))]),
      ...words(said({ ...connection, user }, known, person)),
      ...(proxy === undefined ? [] : words([["ProxyJump", jumpWord(proxy.host ?? "")]])),
    ],
  };
}

const jumpWord = (host: string): string => (host.includes(":") ? `[${host}]` : host);

const isLoopback = (host: string | undefined): boolean => /^(?:localhost|127\..*|::1)$/.test(host ?? "");

/**
 * A configuration whose first part is about the jump hosts: ssh gives no options on to the ssh that goes there. That one asks nobody, and is no
 * master whose end would cut off others; a master that stands it may use, but where the jump host is the host itself.
 */
function throughJump(proxy: ProxyConnection | undefined, known: Words, person: Person): string {
  const jumps: readonly Option[] = [
    ["ControlMaster", "no"],
    ["BatchMode", "yes"],
    ...(isLoopback(known.get("hostname")?.[0]) ? [["ControlPath", "none"] as const] : []),
  ];
  const lines = (options: readonly Option[]): string[] => options.map(([keyword, value]) => `${keyword} ${value}`);
  return [
    ...(proxy === undefined ? [] : [`Match originalhost ${proxy.host}`, ...lines([...forced, ...said(proxy, known, person)])]),
    "Match all",
    ...lines(jumps),
    ...configFiles(person).map((path) => `Include "${path}"`),
    "",
  ].join("\n");
}
