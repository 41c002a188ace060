import { randomBytes } from "node:crypto";
import { StringDecoder } from "node:string_decoder";
import type { Progress } from "../../told";
import type { Begin, Connected } from "../../wire/channel";
import { longestDial, secondsFor, turnBeside, type Urgency } from "../hop";
import { Limit } from "../limit";
import { unreachable } from "../login";
import { type Program, programOf } from "../program";
import type { Target } from "../target";
import { failureOf, lost } from "./failure";

/** What OpenSSH says while it waits for somebody: a touch, a PIN. */
const waitsForPerson = /user presence|\bPIN\b|passphrase|touch/i;

/** One dial by the person's ssh: it finds the way and logs in; its pipes are the shell's. */
export async function dialBySsh<Begun>(
  target: Target,
  command: string,
  begin: Begin<Begun>,
  urgency?: Urgency,
  progress?: Progress,
): Promise<Connected<Begun>> {
  const seconds = secondsFor(longestDial(target, 0), urgency);
  const limit = new Limit(seconds, (time) => unreachable(target, `no login by ssh within ${Math.round(time * 10) / 10} s`));
  const giveBack = urgency === undefined ? await turnBeside(limit)() : undefined;
  const ready = `@login-${randomBytes(9).toString("hex")}`;
  const reach = ["-o", `ConnectTimeout=${Math.max(1, Math.ceil(Math.min(seconds, urgency?.reach ?? seconds)))}`];
  const program = programOf(["ssh", ...(target.openssh?.words ?? []), ...reach, "--", target.name, `echo ${ready}; ${command}`], {
    isLost: lost,
    withItsOwn: true,
  });
  const { channel } = program;
  channel.complaints.on("data", (data: Buffer) => {
    const [line] = data
      .toString("utf8")
      .split("\n")
      .filter((one) => waitsForPerson.test(one));
    if (line !== undefined) progress?.begin(() => `ssh waits for somebody: ${line.trim()}`);
  });
  const all = (async () => {
    // From the first byte: sudo may ask before we read that the login is done.
    const begun = Promise.resolve(begin(channel));
    begun.catch(() => {}); // where the login failed, that is the reason
    await loggedIn(target, program, ready);
    return { begun: await begun, onLost: channel.onClose, close: channel.close };
  })();
  try {
    return await Promise.race([all, limit.over]);
  } catch (error) {
    channel.close();
    all.catch(() => {});
    throw error;
  } finally {
    giveBack?.();
    limit.stand();
  }
}

/** Resolves when what runs behind the login says so, whatever a profile prints before. */
function loggedIn(target: Target, program: Program, ready: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const decoder = new StringDecoder("utf8");
    const { output } = program.channel;
    let said = "";
    const listen = (data: Buffer): void => {
      said = (said + decoder.write(data)).slice(-2000);
      if (!said.includes(`${ready}\n`)) return;
      output.removeListener("data", listen);
      resolve();
    };
    output.on("data", listen);
    program.onEnd(({ code, error }) =>
      reject(error === undefined ? failureOf(target, code, program.said(), said) : unreachable(target, "ssh could not be started", error)),
    );
  });
}
