import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import type { Host } from "../lab/lab";

/** Where a transaction can be caught, by programs that the host's scripts call. */
export type Place =
  /** While the host is observed, before the lock. */
  | "observe"
  /** Before the Nth batch of changes; the guard is armed. */
  | "apply"
  /** After all changes, before they are read back. */
  | "readback"
  /** The fresh login is there, the rename is not made. */
  | "confirm"
  /** The rename is made, and nobody was told. */
  | "confirmed"
  /** Before the Nth batch of an undo. */
  | "undo";

export interface Point {
  readonly place: Place;
  readonly number: number;
}

const folder = "/tmp/soak";

/** Holds the caller, or lets `ip` refuse a batch at a line, at one point of a transaction. Is the real program for the rest. */
const common = `#!/bin/sh
d=${folder}
place='' number='' mode='' lines=''
{ read -r place number mode lines <$d/point; } 2>/dev/null
reached() { # after how many
  seen=0
  { read -r seen <$d/seen; } 2>/dev/null
  seen=$((seen + 1))
  echo $seen >$d/seen
  [ $seen -eq "$number" ]
}
hold() {
  : >$d/reached
  tries=0
  while [ -e $d/point ] && [ $tries -lt 800 ]; do tries=$((tries + 1)); sleep 0.05; done
}
`;

const ip = `${common}
if [ -n "$place" ]; then
  here=''
  case "$*" in
    '-4 -batch -' | '-6 -batch -') here=apply ;;
    '-4 -force -batch -' | '-6 -force -batch -') here=undo ;;
    *'-4 rule show') here=observe; for armed in /run/policy-routing/t-*/armed; do [ ! -e "$armed" ] || here=readback; done ;;
  esac
  if [ "$here" = "$place" ] && reached; then
    case $mode in
      hold) hold ;;
      refuse)
        head -n "$lines" >$d/lines
        : >$d/reached
        [ ! -s $d/lines ] || ip.real "$@" <$d/lines
        echo 'Error: refused at this line by the test.' >&2
        exit 1 ;;
    esac
  fi
fi
exec ip.real "$@"
`;

const mv = `${common}
case "$place $*" in
  confirm\\ */armed\\ */confirmed) hold ;;
  confirmed\\ */armed\\ */confirmed) mv.real "$@"; code=$?; hold; exit $code ;;
esac
exec mv.real "$@"
`;

/** The points of one host. They live in its /tmp, so a reboot takes them away; the programs stay. */
export class Hooks {
  #folder = "";

  constructor(readonly host: Host) {}

  async install(): Promise<void> {
    await this.host.replaceBinary("/usr/sbin/ip", ip);
    await this.host.replaceBinary("/usr/bin/mv", mv);
  }

  /** From now on, whoever comes to the point is held there. */
  async set({ place, number }: Point, mode: "hold" | `refuse ${number}` = "hold"): Promise<void> {
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
