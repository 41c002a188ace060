import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import pLimit from "p-limit";
import { PolicyRoutingError } from "../../errors";
import { answerFor, type ConfigFile, groupOf } from "./alike";
import type { Asked } from "./configuration";
import type { Person } from "./person";
import { scratch } from "./scratch";
import type { Words } from "./sshGAnswer";
import { wordsOf } from "./sshGAnswer";

/** `Match exec` runs what it likes. */
const timeout = 5000;
const atOnce = pLimit(32);
const systemFile = "/etc/ssh/ssh_config";

interface Answered {
  readonly asked: Asked;
  readonly words: Promise<Words | undefined>;
}

/** By what hosts have in common. */
const answered = new Map<string, Answered>();

/**
 * What the person's own ssh makes of their configuration, by `ssh -G`: Include, Match, tokens, the system's files. Undefined where there is
 * no ssh, or one that cannot tell (older than 6.8, or no entry in passwd): then `~/.ssh/config` is read here. Hosts that nothing of the
 * configuration tells apart are asked for once.
 */
export async function askSsh(asked: Asked, person: Person): Promise<Words | undefined> {
  const group = groupOf(asked, placesOf(person));
  if (group === undefined) return askFor(asked, person);
  const key = JSON.stringify([person.home, person.passwdHome, group]);
  const one = answered.get(key) ?? { asked, words: askFor(asked, person) };
  answered.set(key, one);
  one.words.catch(() => answered.delete(key));
  const words = await one.words;
  return words && answerFor(asked.name, words, one.asked);
}

/** Where ssh's own folders are for Include. */
function placesOf(person: Person): readonly ConfigFile[] {
  const home = person.passwdHome ?? person.home;
  return configFiles(person).map((path) => ({
    path,
    home,
    folder: path === systemFile && ownFile(person) === undefined ? dirname(path) : join(home, ".ssh"),
  }));
}

async function askFor(asked: Asked, person: Person): Promise<Words | undefined> {
  const file = ownFile(person);
  const told = await ask(asked, file === undefined ? [] : ["-F", file]);
  if (told === undefined) return undefined;
  const words = new Map(wordsOf(told));
  // ssh means passwd's home by `~`, and has put it in already.
  if (file !== undefined)
    words.set(
      "userknownhostsfile",
      (words.get("userknownhostsfile") ?? []).map(
        (line) => `${line.replaceAll(`${person.passwdHome}/.ssh/`, `${person.home}/.ssh/`)} ${line}`,
      ),
    );
  // ssh logs in as the local user where nothing else is said; we do as root. Only where it tells that name it can be either.
  const mayBeDefault = asked.user === undefined && person.user !== "root" && words.get("user")?.[0] === person.user;
  if (mayBeDefault && (await isNoUserSaid(asked, person))) words.delete("user");
  return words;
}

/** The file to read where HOME is another one than passwd's. */
export function ownFile({ home, passwdHome }: Person): string | undefined {
  if (home === passwdHome) return undefined;
  const own = join(home, ".ssh", "config");
  return existsSync(own) ? own : existsSync(systemFile) ? systemFile : "none";
}

/** Those that ssh reads, in its order, each of which may be missing. */
export function configFiles(person: Person): readonly string[] {
  const own = ownFile(person);
  return own === undefined ? [join(person.home, ".ssh", "config"), systemFile] : own === "none" ? [] : [own];
}

const probe = "policy-routing-nobody";

/** The same files, and behind them a user: the first value wins. */
async function isNoUserSaid(asked: Asked, person: Person): Promise<boolean> {
  const text = [...configFiles(person).map((one) => `Include "${one}"`), "Match all", `User ${probe}`, ""].join("\n");
  const told = await ask(asked, ["-F", scratch(text)]);
  return told !== undefined && wordsOf(told).get("user")?.[0] === probe;
}

const ask = ({ name, port, user }: Asked, more: readonly string[]): Promise<string | undefined> =>
  atOnce(
    () =>
      new Promise((resolve, reject) => {
        const words = ["-G", "-T", ...more];
        if (port !== undefined) words.push("-p", String(port));
        if (user !== undefined) words.push("-l", user);
        execFile("ssh", [...words, "--", name], { timeout, killSignal: "SIGKILL" }, (error, stdout, stderr) => {
          if (error === null) resolve(stdout);
          else if (error.code === "ENOENT" || /^No user exists for uid|unknown option -- G|illegal option -- G/m.test(stderr))
            resolve(undefined);
          else
            reject(
              new PolicyRoutingError("invalid", {
                topic: "ssh-configuration",
                host: name,
                what:
                  error.killed === true
                    ? `ssh did not tell its configuration within ${timeout / 1000} s`
                    : "ssh cannot read its configuration",
                ran: `ssh -G ${name}`,
                cameBack: stderr,
                next: error.killed === true ? "look what a `Match exec` of your ssh configuration waits for" : "correct it",
              }),
            );
        }).stdin?.end();
      }),
  );
