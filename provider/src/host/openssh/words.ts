import type { ProxyConnection } from "../../spec/connection";
import type { Person } from "../person";
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
    ["StrictHostKeyChecking", insecureIgnoreHostKey === true ? "no" : "yes"],
    ...(insecureIgnoreHostKey === true
      ? keysFrom("/dev/null")
      : hostKey !== undefined
        ? // Under a name of its own neither name nor port nor address of the host matter.
          ([["HostKeyAlias", pinned], ["CheckHostIP", "no"], ...keysFrom(literal(scratch(`${pinned} ${hostKey}\n`)))] as const)
        : knownHostsPath !== undefined
          ? keysFrom(whole(knownHostsPath))
          : []),
  ];
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
  const file = proxy === undefined ? ownFile(person) : scratch(throughJump({ ...proxy, user: jumpUser }, known, person));
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

/** A configuration whose first part is about the jump host that the program names: ssh gives no options on to the ssh that goes there. */
function throughJump(proxy: ProxyConnection, known: Words, person: Person): string {
  const options = [...forced, ...said(proxy, known, person)];
  return [
    `Match originalhost ${proxy.host}`,
    ...options.map(([keyword, value]) => `${keyword} ${value}`),
    "Match all",
    ...configFiles(person).map((path) => `Include "${path}"`),
    "",
  ].join("\n");
}
