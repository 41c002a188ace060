/** Lines that a `\` at their end goes on with, as one. Numbers count from 1. */
export interface LogicalLine {
  readonly text: string;
  readonly line: number;
  readonly to: number;
}

export function logicalLines(lines: readonly string[]): LogicalLine[] {
  const found: LogicalLine[] = [];
  let open: { text: string; line: number } | undefined;
  for (const [index, one] of lines.entries()) {
    const begun: { text: string; line: number } = open ?? { text: "", line: index + 1 };
    const goesOn = one.endsWith("\\") && index + 1 < lines.length && !/^\s*#/.test(one);
    const text = `${begun.text}${goesOn ? one.slice(0, -1) : one}`;
    open = goesOn ? { text: `${text} `, line: begun.line } : undefined;
    if (!goesOn) found.push({ text, line: begun.line, to: index + 1 });
  }
  return found;
}

export interface Setting {
  /** How many sections there were up to its own. */
  readonly section: number;
  readonly name: string;
  readonly key: string;
  readonly value: string;
  readonly line: number;
  readonly to: number;
}

/**
 * Lines `Key=value` below `[Section]`, in their order: sections and keys may come several times, and each line is told by its number, which no
 * reader of INI files keeps.
 */
export function settingsIn(lines: readonly string[]): Setting[] {
  const found: Setting[] = [];
  let section = 0;
  let name = "";
  for (const { text, line, to } of logicalLines(lines)) {
    const [, heading] = /^\s*\[(.+)\]\s*$/.exec(text) ?? [];
    const [, key, value] = /^\s*([^#;=\s[][^=]*?)\s*=\s*(.*?)\s*$/.exec(text) ?? [];
    if (heading !== undefined) {
      section++;
      name = heading;
    } else if (key !== undefined && value !== undefined) found.push({ section, name, key, value, line, to });
  }
  return found;
}

/** Headings of sections say nothing by themselves. */
export const headingsIn = (lines: readonly string[]): number[] =>
  lines.flatMap((text, index) => (/^\s*\[.+\]\s*$/.test(text) ? [index + 1] : []));
