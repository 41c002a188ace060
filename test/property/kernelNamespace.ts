import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAnswer, type Section } from "../../provider/src/host/wire/answer";
import { type Place, thisMachine } from "../lab/place";

const folder = join(__dirname, "../../provider/sh");
const text = (name: string): string => readFileSync(join(folder, name), "utf8");
/** As on a host, but what is written goes nowhere near this machine's own files. */
const library = (name: string): string =>
  `${["facts.sh", "observe.sh", "destinations.sh", "lock.sh", "guard.sh", "change.sh", "transact.sh"].map(text).join("\n")}\nrun=/nowhere/${name}\nnames=/nowhere/${name}\nmay_change() { :; }\nfailed=''`;

const links = ["e0", "e1"].flatMap((device, index) => [
  `link add ${device} type veth peer name p${index}`,
  `link set ${device} up`,
  `link set p${index} up`,
  `address add 198.18.${index + 1}.2/24 dev ${device}`,
  `address add 2001:db8:${index + 1}::2/64 dev ${device} nodad`,
]);

let count = 0;

/** No frame takes so long, on an emulated machine either: what the shell said so far tells where it stands. */
const longestFrame = 300_000;

/** A kernel of its own: a network namespace, and in it the shell that our hosts run, kept open. */
export class KernelNamespace {
  readonly name = `policy-routing-test-${process.pid}-${count++}`;
  readonly #shell: ChildProcess;
  #heard = "";
  #wake: () => void = () => {};
  #ended: string | undefined;

  /** `root` is the root file system whose `sh` and `ip` do the work. */
  constructor(
    readonly root = "/",
    readonly place: Place = thisMachine,
  ) {
    this.#must(["netns", "add", this.name]);
    process.once("exit", this.#remove);
    this.#must(["-n", this.name, "-batch", "-"], ["link set lo up", ...links].join("\n"));
    this.#shell = this.spawn("chroot", root, "sh", "-c", `${library(this.name)}\n${text("shell.sh")}`, "sh", "");
    this.#shell.stdout?.setEncoding("utf8").on("data", (data: string) => {
      this.#heard += data;
      this.#wake();
    });
    this.#shell.once("exit", (code, signal) => {
      this.#ended = signal ?? `exit code ${code}`;
      this.#wake();
    });
  }

  spawn(program: string, ...args: string[]): ChildProcess {
    const [first, rest] = this.place.argv("ip", "netns", "exec", this.name, program, ...args);
    return spawn(first, rest, { stdio: ["pipe", "pipe", "inherit"] });
  }

  /** Runs calls of the functions in provider/sh; what they say. One frame at a time: some `head` read ahead. */
  async run(frame: string): Promise<readonly Section[]> {
    const mark = randomBytes(8).toString("hex");
    return parseAnswer(await this.#answer(mark, frame), mark).sections;
  }

  async #answer(mark: string, frame: string): Promise<string> {
    this.#heard = "";
    this.#shell.stdin?.write(`${mark} ${Buffer.byteLength(frame)}\n${frame}`);
    const end = new RegExp(`\n${mark} end [^\n]*\n`);
    const late = setTimeout(() => {
      this.#ended = `no answer in ${longestFrame / 1000} s`;
      this.#wake();
    }, longestFrame);
    try {
      while (!end.test(this.#heard)) {
        if (this.#ended !== undefined) throw new Error(`the shell of ${this.name}: ${this.#ended}; it said: ${this.#heard.slice(-2000)}`);
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      return this.#heard;
    } finally {
      clearTimeout(late);
    }
  }

  close(): void {
    this.#shell.kill();
    this.#remove();
    process.removeListener("exit", this.#remove);
  }

  readonly #remove = (): void => {
    const [program, args] = this.place.argv("ip", "netns", "del", this.name);
    spawnSync(program, args);
  };

  #must(words: readonly string[], input = ""): void {
    const [program, args] = this.place.argv("ip", ...words);
    const { status, stderr } = spawnSync(program, args, { input, encoding: "utf8" });
    if (status !== 0) throw new Error(`ip ${words.join(" ")}: ${stderr}`);
  }
}
