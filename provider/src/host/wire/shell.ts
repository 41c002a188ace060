import { randomBytes } from "node:crypto";
import { StringDecoder } from "node:string_decoder";
import type { Connection } from "../../declaration/connection";
import { PolicyRoutingError } from "../../errors";
import { connect, type Urgent } from "../ssh/connect";
import { badCode, noShell, noSudo } from "../ssh/noShell";
import { passSudo } from "../ssh/sudo";
import { type Target, targetOf } from "../ssh/target";
import type { Progress } from "../told";
import { type Answer, parseAnswer } from "./answer";
import { type Bound, ofItsOwn } from "./bound";
import type { Channel, Connected } from "./channel";
import { Incoming } from "./incoming";
import { withLibrary } from "./library";
import { frame, marksOf, startText } from "./shellText";

/** One frame's time: nothing that a frame does takes so long, waits on the host are bounded below it. */
const frameTimeout = 60_000;

/** What a frame may take, of time in milliseconds, and what its answer may hold. */
export interface Allowance {
  readonly within?: number;
  /** Until so much of the answer is here, where a frame says that before it does what may take longer. */
  readonly first?: { readonly bytes: number; readonly within: number };
  readonly bound?: Bound;
}

interface Waiting {
  readonly mark: string;
  readonly incoming: Incoming;
  /** That so many bytes came. */
  heard(length: number): void;
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/** A connection with one long-lived shell. One frame is on the wire at a time. */
export class Shell {
  readonly #channel: Channel;
  readonly #target: Target;
  readonly #sudo: boolean;
  #waiting: Waiting | undefined;
  /** What a shell says that reads no frames. */
  #early = "";
  #stderr = "";
  #ended: PolicyRoutingError | undefined;
  #answered = false;
  /** The shell ended by itself, as opposed to a connection that was lost. */
  #exited = false;
  #hangUp: () => void = () => {};

  private constructor(target: Target, sudo: boolean, channel: Channel) {
    this.#target = target;
    this.#sudo = sudo;
    this.#channel = channel;
    const decoder = new StringDecoder("utf8");
    channel.output.on("data", (data: Buffer) => this.#receive(decoder.write(data)));
    channel.complaints.on("data", (data: Buffer) => {
      this.#stderr = (this.#stderr + data.toString("utf8")).slice(-2000);
    });
    channel.onExit(() => {
      this.#exited = true;
    });
    channel.onClose(() => this.#end());
  }

  /** Dials, logs in and starts the shell. */
  static async open(connection: Connection, urgent?: Urgent, progress?: Progress): Promise<Shell> {
    const target = await targetOf(connection);
    const sudo = connection.sudo === true;
    const password = sudo ? connection.sudoPassword : undefined;
    const marks = marksOf();
    const begin = async (channel: Channel): Promise<Shell> => {
      if (password !== undefined) await passSudo(target, channel, password, marks);
      return new Shell(target, sudo, channel);
    };
    const start = startText(target, sudo, password === undefined ? undefined : marks);
    const { begun, onLost, close } = await connect(target, start, begin, urgent, progress);
    begun.#holds(onLost, close);
    return begun;
  }

  /** From now on its end is the connection's, and the other way round. */
  #holds(onLost: Connected<Shell>["onLost"], hangUp: () => void): void {
    this.#hangUp = hangUp;
    onLost(() => this.#end());
    if (!this.isOpen) hangUp();
  }

  get isOpen(): boolean {
    return this.#ended === undefined;
  }

  /** No frame is on the wire. */
  get isIdle(): boolean {
    return this.#waiting === undefined;
  }

  get host(): string {
    return this.#target.name;
  }

  /** Sends one text, which runs only when it arrived whole, and resolves with what it said. */
  run(text: string, { within = frameTimeout, first, bound = ofItsOwn }: Allowance = {}): Promise<Answer> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (this.#waiting !== undefined)
      return Promise.reject(new PolicyRoutingError("bug", { topic: "bug", host: this.host, what: "two frames at once in one shell" }));
    const mark = `@${randomBytes(9).toString("hex")}`;
    return new Promise((resolve, reject) => {
      const late = (ms: number) => setTimeout(() => this.#fail(this.#silence(ms)), ms);
      const timers = [late(within), ...(first === undefined ? [] : [late(first.within)])];
      const heard = (length: number) => {
        if (timers.length > 1 && first !== undefined && length >= first.bytes) clearTimeout(timers.pop());
      };
      const done = (then: () => void) => {
        timers.forEach(clearTimeout);
        this.#waiting = undefined;
        then();
      };
      this.#waiting = {
        mark,
        incoming: new Incoming(mark, bound),
        heard,
        resolve: (answer) => done(() => resolve(answer)),
        reject: (error) => done(() => reject(error)),
      };
      this.#channel.write(frame(mark, withLibrary(text)));
    });
  }

  #silence(ms: number): PolicyRoutingError {
    return new PolicyRoutingError("unreachable", {
      topic: "no-answer",
      host: this.host,
      what: `no answer within ${Math.round(ms / 100) / 10} s`,
    });
  }

  close(): void {
    if (this.#ended === undefined)
      this.#fail(new PolicyRoutingError("bug", { topic: "bug", host: this.host, what: "the connection was closed" }));
  }

  #receive(text: string): void {
    if (!this.#answered) this.#early = (this.#early + text).slice(-500);
    if (this.#waiting === undefined) return;
    const { mark, incoming, heard, resolve, reject } = this.#waiting;
    const isWhole = incoming.take(text);
    heard(incoming.length);
    const { tooMuch } = incoming;
    if (tooMuch !== undefined) {
      const what = `the host sends more than was asked for, or without an end: ${tooMuch}`;
      this.#fail(new PolicyRoutingError("protocol", { topic: "answer-not-understood", host: this.host, what, cameBack: incoming.latest }));
      return;
    }
    if (!isWhole) return;
    this.#answered = true;
    const whole = incoming.whole();
    const answer = parseAnswer(whole, mark);
    if (answer.code === "0") resolve(answer);
    else reject(badCode(this.host, answer.code, this.#stderr || whole.slice(-500)));
  }

  /** The channel or the connection closed. */
  #end(): void {
    if (this.#ended !== undefined) return;
    // What sudo wrote is no refusal once a frame was answered: it also complains about a host name.
    if (this.#answered || !this.#exited)
      this.#fail(
        new PolicyRoutingError("unreachable", {
          topic: "connection-lost",
          host: this.host,
          what: "the connection was lost",
          cameBack: this.#stderr,
        }),
      );
    else if (this.#sudo && /sudo: /.test(this.#stderr)) this.#fail(noSudo(this.#target, this.#stderr));
    else this.#fail(noShell(this.#target, this.#stderr.trim() === "" ? this.#early : this.#stderr));
  }

  #fail(error: PolicyRoutingError): void {
    this.#ended = error;
    this.#hangUp();
    this.#waiting?.reject(error);
  }
}
