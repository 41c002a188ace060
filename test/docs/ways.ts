import type { Block } from "./page";

/**
 * How a block of the documents is held:
 * - `run`: sh and console, in the project's folder, on the machine where Pulumi runs. Of a console block what stands behind `$ ` is run, and the rest
 *   must be how the lines begin that it prints; a line `...` stands for any number of lines.
 * - `on the host`: the same as root on the page's first host.
 * - `file`: written to the project.
 * - `checked`: compiled or parsed; what is generated in Python, previewed by test/engine/examples.test.ts.
 * - `elsewhere`: another test runs it (blocks.test.ts says which).
 * - `read`: no commands.
 */
export type Way = "run" | "on the host" | "file" | "checked" | "elsewhere" | "read";

const ways: Readonly<Record<string, Way>> = {
  sh: "run",
  console: "run",
  "sh host": "on the host",
  "console host": "on the host",
  "sh elsewhere": "elsewhere",
  ts: "checked",
  yaml: "checked",
  python: "checked",
  json: "read",
  text: "read",
};

/** Undefined for a block that says nothing known. */
export function wayOf({ language, mark }: Pick<Block, "language" | "mark">): Way | undefined {
  if (/^(ts|yaml)$/.test(language) && /^[\w.-]+\.(ts|yaml)$/.test(mark)) return "file";
  return ways[[language, mark].join(" ").trim()];
}
