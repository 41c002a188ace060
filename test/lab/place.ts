import { spawnSync } from "node:child_process";
import { release } from "node:os";
import type { Since } from "../../provider/src/declaration/attribute";

/** Where a test's commands run: this machine, or a virtual one with another kernel. */
export interface Place extends Since {
  /** A program and its arguments, as they are started from here. */
  argv(...words: readonly string[]): readonly [program: string, args: string[]];
}

const iproute2Of = (argv: readonly [string, string[]]): string => {
  const { stdout } = spawnSync(...argv, { encoding: "utf8" });
  return /iproute2-(\S+?),?(?:\s|$)/.exec(stdout)?.[1] ?? "";
};

/** What a root file system at a place has, as the observation of a host shows it. */
export const versionsOf = (root = "/", place: Place = thisMachine): Since => ({
  iproute2: iproute2Of(place.argv("chroot", root, "ip", "-V")),
  kernel: place.kernel,
});

export const thisMachine: Place = {
  iproute2: iproute2Of(["ip", ["-V"]]),
  kernel: release(),
  argv: (program = "true", ...args) => [program, args],
};
