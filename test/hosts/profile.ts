import type { Suite } from "../lab/booted/booted";
import type { Host } from "../lab/lab";
import type { Fields } from "../soak/protocol";
import type { StepName } from "./contract/step";
import type { Subject } from "./subject";

/** A way in which a host is strange, as data: how a fresh host becomes so, how one logs in there, and what it cannot have. */
export interface Profile {
  readonly name: string;
  /** Why it is strange, in one line. */
  readonly why: string;
  /** A booted Debian; without: a host in namespaces, which has no systemd and runs what /etc/rc.local says. */
  readonly suite?: Suite;
  /** With two, the second one is where resources move to. Both are as strange. */
  readonly machines?: 1 | 2;
  /** Reached through another host, which is not strange. */
  readonly jump?: boolean;
  /** Debian packages of this machine, which hosts in namespaces share. */
  readonly packages?: readonly string[];
  /** It has the `ip` of this other Debian. */
  readonly ip?: Suite;
  /** Options of its sshd. */
  readonly sshd?: Readonly<Record<string, string>>;
  /** Scripts in the place of programs, by path; each finds the program as `NAME.real`. */
  readonly programs?: Readonly<Record<string, string>>;
  /** Once, before the first login: text for `sh` on the host. */
  readonly install?: string;
  /** What takes more than a shell on the host; behind `install`, and again where the product's things were wiped away. */
  readonly prepare?: (subjects: readonly Subject[]) => Promise<void>;
  /** At every boot, since a reboot takes away what is not in a file: text for `sh` on the host, as its init system would run it. */
  readonly boot?: string;
  /** Entries of somebody else, for `ip -batch`; at every boot, behind `boot`. */
  readonly foreign?: readonly string[];
  /** Text for `sh` on the host that makes it strange when the contract's resources stand already, and what ends that before they go. */
  readonly spoil?: string;
  readonly mend?: string;
  /** Entries of somebody else that come and go all the time: not compared. */
  readonly churns?: RegExp;
  /** The `proto` of so many routes that they are counted, not compared one by one. */
  readonly bulk?: number;
  /** What a connection says besides host, user and key, or all that it says. */
  readonly login?: Fields | ((subject: Subject, address: string) => Promise<Fields>);
  /** The network namespace on the host that is managed, by its name; without: the host's own, which must then be the only one. */
  readonly inner?: string;
  /** Who logs in, as the host sees it; without: the lab's controller. */
  readonly client?: string;
  /** Two addresses by which it can be reached; without: those of the management network. */
  readonly addresses?: (host: Host) => readonly [string, string];
  /** Our tag there, as `policy-routing:owner` sets it. */
  readonly owner?: number;
  /** What a person sets for the guard of all changes there. */
  readonly guard?: Fields;
  /** How long a guard waits in the steps that need it to fire; long where the host is slow. */
  readonly seconds?: number;
  /** What cuts the host off, and what is needed besides the guard to have it back; without: the change itself does, and nothing is. */
  readonly strike?: { readonly cut: (subject: Subject) => Promise<void>; readonly mend: (subject: Subject) => Promise<void> };
  /** How many seconds later an undo may be done, where every `ip` of the host takes its time. */
  readonly late?: number;
  /** Steps that the product refuses there, and in which words. */
  readonly cannot?: Partial<Record<StepName, RegExp>>;
  /** It takes minutes, whatever this machine does: it is started first. */
  readonly slow?: boolean;
  /** How many of the machine's processors it keeps busy; without: a quarter of one. */
  readonly weight?: number;
}
