import { randomBytes } from "node:crypto";
import { loop } from "../scripts";
import { connectionHere } from "../ssh/local";
import { type Marks, sudoBy } from "../ssh/sudo";
import type { Target } from "../ssh/target";

export const marksOf = (): Marks => ({
  asks: `@asks-${randomBytes(9).toString("hex")}`,
  ready: `@ready-${randomBytes(9).toString("hex")}`,
});

/** What the login runs. SSH_CONNECTION is read before sudo, which removes it. */
export function startText({ transport }: Target, sudo: boolean, marks: Marks | undefined): string {
  const session = transport === "local" ? connectionHere() : "$SSH_CONNECTION";
  if (!sudo) return `exec sh -c '${loop}' sh "${session}"`;
  const by = marks === undefined ? "sudo -n" : sudoBy(marks);
  return `sh -c 'exec ${by} sh -c "$1" sh "${session}"' sh '${marks === undefined ? "" : `echo ${marks.ready}; `}${loop}'`;
}

/** No newline at the end: the shell's `$(...)` would drop it and the length would be wrong. */
export function frame(mark: string, text: string): Buffer {
  const bytes = Buffer.from(text.trimEnd(), "utf8");
  return Buffer.concat([Buffer.from(`${mark} ${bytes.length}\n`), bytes]);
}
