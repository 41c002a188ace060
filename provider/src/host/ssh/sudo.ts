import { PolicyRoutingError } from "../../errors";
import type { Channel } from "../wire/channel";
import { noSudo } from "./noShell";
import type { Target } from "./target";

/** Asked by sudo for every try, on standard error; said by the shell behind it, on standard output. Random, so that nothing else is taken for them. */
export interface Marks {
  readonly asks: string;
  readonly ready: string;
}

/** The words of sudo by which it takes a password from its standard input: the password itself never stands in a process list. */
export const sudoBy = ({ asks }: Marks): string => `sudo -S -p "${asks}"`;

/** Gives the password when sudo asks for it, once; resolves when the shell behind sudo runs. Whoever dials sets the limit of time. */
export function passSudo(target: Target, channel: Channel, password: string, { asks, ready }: Marks): Promise<void> {
  return new Promise((resolve, reject) => {
    let [output, complaints, isGiven, isSettled] = ["", "", false, false];
    const settle = (then: () => void): void => {
      channel.output.removeListener("data", onOutput);
      channel.complaints.removeListener("data", onComplaint);
      isSettled = true;
      then();
    };
    const refuse = (): void =>
      settle(() => {
        channel.close();
        const [what, next] = [`sudo refuses the password of user ${target.user}`, "correct sudoPassword, or allow the user on the host"];
        reject(new PolicyRoutingError("auth", { topic: "sudo", host: target.name, what, ran: "sudo -S sh", cameBack: said(), next }));
      });
    const said = (): string => complaints.replaceAll(asks, "").trim();
    const onOutput = (data: Buffer): void => {
      output = (output + data.toString("utf8")).slice(-2000);
      if (output.includes(`${ready}\n`)) settle(resolve);
    };
    const onComplaint = (data: Buffer): void => {
      complaints = (complaints + data.toString("utf8")).slice(-2000);
      const asked = complaints.split(asks).length - 1;
      if (asked > 1) refuse();
      else if (asked === 1 && !isGiven) {
        isGiven = true;
        channel.write(`${password}\n`);
      }
    };
    channel.output.on("data", onOutput);
    channel.complaints.on("data", onComplaint);
    channel.onClose(() => {
      if (isSettled) return;
      if (isGiven) refuse();
      else settle(() => reject(noSudo(target, said())));
    });
  });
}
