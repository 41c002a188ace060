import { createHash } from "node:crypto";
import { shipped } from "./shipped";

/** What runs on hosts: the files of sh/. */
const read = (name: string): string => shipped(`sh/${name}.sh`);
const uncommented = (text: string): string =>
  text
    .split("\n")
    .filter((line) => !/^\s*#/.test(line) && line.trim() !== "")
    .join("\n");

/** The functions that frames call. */
export const library = uncommented(
  ["facts", "lock", "observe", "destinations", "probes", "neighbours", "persist", "history", "change", "arm", "transact", "hold", "guard"]
    .map(read)
    .join("\n"),
);

/** Those of which a change is made, and its undo. */
export const changing = uncommented(read("change"));

/** What `policy-routing doctor` sends beside them. */
export const doctor = uncommented(read("doctor"));

/** What `policy-routing adopt` sends beside them. */
export const sources = uncommented(read("sources"));

/** The loop that reads frames. On one line: csh takes no newline between quotes. */
export const loop = uncommented(read("shell"))
  .replace(/\n\s*/g, "; ")
  .replace(/\b(do|then|else); /g, "$1 ");

const replayText = ["facts", "lock", "follow", "missing", "restore", "takeback", "monitor", "replay"].map(read).join("\n").trimEnd();

/** The script that stays on a host and replays what is persisted there; its second line names its version. */
export const replay = {
  version: createHash("sha256").update(replayText).digest("hex").slice(0, 12),
  get text(): string {
    return `#!/bin/sh\n# pulumi-policy-routing replay ${this.version}\n${replayText}`;
  },
};
