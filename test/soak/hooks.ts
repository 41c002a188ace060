import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import type { Host } from "../lab/lab";

/** Where a transaction can be caught, by programs that the host's scripts call. */
export type Place =
  /** While the host is observed, before the lock. */
  | "observe"
  /** The lock is about to be taken. */
  | "lock"
  /** Before the Nth batch of changes; the guard is armed. */
  | "apply"
  /** After all changes, before they are read back. */
  | "readback"
  /** The fresh login is there, the rename is not made. */
  | "confirm"
  /** The rename is made, and nobody was told. */
  | "confirmed"
  /** The guard of a change that is held is about to get more time. */
  | "prolong"
  /** What is persisted is written, and has not got its name. */
  | "persist"
  /** Before the Nth batch of an undo. */
  | "undo";

export interface Point {
  readonly place: Place;
  readonly number: number;
}

/** What happens to who comes to the point. */
export type Mode =
  /** Waits until it is released. */
  | "hold"
  /** `ip` refuses at that line of the batch, once. */
  | `refuse ${number}`
  /** From then on `ip` does none of it, until it is released. */
  | "jam"
  /** From then on `ip` cannot show anything, until it is released. */
  | "blind";

const folder = "/tmp/soak";

/** Is the real program but at one point of a transaction. */
const common = `#!/bin/sh
d=${folder}
place='' number='' mode='' lines=''
{ read -r place number mode lines <$d/point; } 2>/dev/null
reached() { # after how many
  seen=0
  { read -r seen <$d/seen; } 2>/dev/null
  seen=$((seen + 1))
  echo $seen >$d/seen
  [ $seen -eq "$number" ] || { [ "$mode" = jam ] && [ $seen -gt "$number" ]; }
}
hold() {
  : >$d/reached
  tries=0
  while [ -e $d/point ] && [ $tries -lt 800 ]; do tries=$((tries + 1)); sleep 0.05; done
}
`;

const ip = `${common}
if [ -n "$place" ]; then
  here='' armed=''
  for one in /run/policy-routing/t-*/armed /run/policy-routing/net-*/t-*/armed; do [ ! -e "$one" ] || armed=1; done
  case "$*" in
    -[46N]' -force -batch -') here=undo ;;
    -[46N]' -batch -') [ -z "$armed" ] || here=apply ;;
    '-j '*' show'*) here=observe; [ -z "$armed" ] || here=readback ;;
  esac
  if [ "$here" = "$place" ] && reached; then
    case $mode in
      hold) hold ;;
      blind) : >$d/reached; : >$d/blind ;;
      jam)
        : >$d/reached
        number=0
        while read -r _; do
          number=$((number + 1))
          printf 'RTNETLINK answers: Operation not permitted\\nCommand failed -:%s\\n' $number >&2
        done
        exit 1 ;;
      refuse)
        head -n "$lines" >$d/lines
        : >$d/reached
        [ ! -s $d/lines ] || ip.real "$@" <$d/lines
        echo 'Error: refused at this line by the test.' >&2
        exit 1 ;;
    esac
  fi
  case "$*" in *' show'*) [ ! -e $d/blind ] || { echo 'Cannot send dump request: No buffer space available' >&2; exit 1; } ;; esac
fi
exec ip.real "$@"
`;

const mv = `${common}
case "$place $*" in
  prolong\\ -f\\ */held.new\\ *) hold ;;
  confirm\\ */armed\\ */confirmed) hold ;;
  confirmed\\ */armed\\ */confirmed) mv.real "$@"; code=$?; hold; exit $code ;;
esac
exec mv.real "$@"
`;

const ln = `${common}
case "$place $*" in lock\\ */lock\\ */lock.*) hold ;; esac
exec ln.real "$@"
`;

const sync = `${common}
case "$place $*" in persist\\ */policy-routing/new/*) hold ;; esac
exec sync.real "$@"
`;

/** The points of one host. They live in its /tmp; the programs stay over a reboot. */
export class Hooks {
  #folder = "";

  constructor(readonly host: Host) {}

  async install(): Promise<void> {
    await this.host.replaceBinary("/usr/sbin/ip", ip);
    for (const [path, program] of [
      ["/usr/bin/mv", mv],
      ["/usr/bin/ln", ln],
      ["/usr/bin/sync", sync],
    ] as const)
      await this.host.replaceBinary(path, program);
  }

  /** From now on, whoever comes to the point fares so. */
  async set({ place, number }: Point, mode: Mode = "hold"): Promise<void> {
    this.#folder = await this.host.file(folder);
    await this.release();
    await mkdir(this.#folder, { recursive: true });
    await writeFile(`${this.#folder}/point.new`, `${place} ${number} ${mode}\n`);
    await this.host.exec(`mv.real ${folder}/point.new ${folder}/point`);
  }

  get isReached(): boolean {
    return existsSync(`${this.#folder}/reached`);
  }

  /** Lets everybody go on. */
  async release(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
