import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import type { ProxyConnection } from "../../../declaration/connection";
import { lacksAll } from "../algorithms";
import type { Configuration } from "../configuration";
import { isBinaryList, isKnownByAuthorityAlone } from "../knownHosts";
import { kindOf, publicHalf, publicKeyOf } from "../publicKey";
import type { Words } from "../sshGAnswer";

/**
 * Why only ssh itself gets to a host, in words for the person; undefined where ssh2 does as well. It takes passwords and keys as text, which ssh
 * does not.
 */
export async function needOf(
  connection: ProxyConnection,
  configuration: Configuration,
  words: Words,
  /** The key that the program names. */
  file: string | undefined,
): Promise<string | undefined> {
  return ofWords(configuration, words, file === undefined) ?? ofHostKey(connection, configuration) ?? (await ofKeys(configuration, file));
}

/** What ssh takes from nobody but a person. */
export const takesText = ({ password, privateKey, privateKeyPassword }: ProxyConnection): boolean =>
  password !== undefined || privateKey !== undefined || privateKeyPassword !== undefined;

function ofWords({ proxyCommand, proxyUsesFdpass }: Configuration, words: Words, looksForKeys: boolean): string | undefined {
  const has = (keyword: string): boolean => words.get(keyword.toLowerCase())?.some((value) => !/^(?:none|no|false)$/i.test(value)) === true;
  const users = looksForKeys ? ["CertificateFile", "PKCS11Provider", "HostbasedAuthentication"] : [];
  const keyword = [...users, ...(proxyCommand !== undefined && proxyUsesFdpass ? ["ProxyUseFdpass"] : [])].find(has);
  const algorithms = lacksAll(words);
  return keyword ?? (algorithms === undefined ? undefined : `${algorithms} of which ssh2 has none`);
}

function ofHostKey(connection: ProxyConnection, configuration: Configuration): string | undefined {
  const { hostKey, insecureIgnoreHostKey, knownHostsPath } = connection;
  if (hostKey !== undefined || insecureIgnoreHostKey === true) return undefined;
  const { revokedHostKeys } = configuration;
  if (revokedHostKeys !== undefined && isBinaryList(revokedHostKeys)) return "RevokedHostKeys in binary form";
  if (knownHostsPath !== undefined) return undefined;
  const [keyword] = configuration.notFollowed.filter(({ about }) => about === "host key").map((one) => one.keyword);
  return keyword ?? (isKnownByAuthorityAlone(configuration) ? "@cert-authority in known_hosts" : undefined);
}

async function ofKeys(configuration: Configuration, named: string | undefined): Promise<string | undefined> {
  const files = named === undefined ? configuration.identityFiles.filter(existsSync) : [named];
  if (files.some((file) => existsSync(`${file}-cert.pub`))) return "a certificate beside the key";
  const isOfToken = (file: string): boolean => kindOf(publicKeyOf(file) ?? Buffer.alloc(0)).startsWith("sk-");
  const held = configuration.agent === undefined || named !== undefined ? [] : await kindsIn(configuration.agent);
  if (held.some((kind) => /-CERT\b|-cert-v01@/i.test(kind))) return "a certificate in the agent";
  const plain = files.filter((file) => !isOfToken(file)).length + held.filter((kind) => !isToken(kind)).length;
  return plain === 0 && (files.length > 0 || held.length > 0) ? "a key of a security key" : undefined;
}

const isToken = (kind: string): boolean => kind.startsWith("sk-");

const asked = new Map<string, Promise<readonly string[]>>();
/** Milliseconds. */
const patience = 2000;

/** The kinds of key that an agent holds, as the person's own ssh-add tells them: ssh2 passes over those that it does not know. Asked once a run. */
function kindsIn(agent: string): Promise<readonly string[]> {
  const known = asked.get(agent);
  if (known !== undefined) return known;
  const answer = new Promise<readonly string[]>((resolve) => {
    execFile("ssh-add", ["-L"], { env: { ...process.env, SSH_AUTH_SOCK: agent }, timeout: patience }, (error, stdout) =>
      resolve(error === null ? stdout.split("\n").flatMap((line) => line.split(" ")[0] || []) : []),
    );
  });
  asked.set(agent, answer);
  return answer;
}

interface Tried {
  readonly agent?: string | undefined;
  readonly keys: readonly { readonly text: string }[];
}

/** After ssh2 was refused: whether ssh has a way that it has not. */
export async function mayHelp({ agent, keys }: Tried, words: Words): Promise<string | undefined> {
  if (keys.some(({ text }) => isToken(kindOf(publicHalf(text) ?? Buffer.alloc(0))))) return "a key of a security key";
  if (agent !== undefined && (await kindsIn(agent)).some(isToken)) return "a key of a security key in the agent";
  const gssapi = words.get("gssapiauthentication")?.[0]?.toLowerCase() === "yes";
  return gssapi && (await hasTicket()) ? "GSSAPIAuthentication" : undefined;
}

/** Whether the person holds a Kerberos ticket that still counts. */
const hasTicket = (): Promise<boolean> =>
  new Promise((resolve) => {
    execFile("klist", ["-s"], { timeout: patience }, (error) => resolve(error === null));
  });
