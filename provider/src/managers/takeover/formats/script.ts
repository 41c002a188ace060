import { readHereLine, readLine } from "../commands";
import { type LogicalLine, logicalLines } from "../logicalLines";
import { Shell } from "../shell";
import { isQuoteOpen } from "../tokens";
import type { Format } from "./format";

/** Scripts that a boot or a manager runs: rc.local, hooks of ifupdown, dispatchers. What stands inside a condition may or may not have run. */
export const script: Format = {
  name: "scripts",
  again: () => ({ why: "nothing reads it again: what it made stays until the next boot" }),
  isOne: ({ text }) => /^#!.*sh\b/.test(text) || /^\s*(\S*\/)?ip\s+(-\S+\s+)*(ru|rule|ro|route|r)\s/m.test(text),
  read: (reading) => {
    const shell = new Shell({}, /^#!.*\s-[a-z]*e/.test(reading.lines[0] ?? ""));
    let begun: LogicalLine | undefined;
    for (const next of logicalLines(reading.lines)) {
      const [hereEnd] = shell.hereEnds;
      if (begun === undefined && hereEnd !== undefined) {
        readHereLine(reading, next.text, next.line, next.to);
        if (next.text.trim() === hereEnd) shell.hereEnds.shift();
        continue;
      }
      const one: LogicalLine = begun === undefined ? next : { ...begun, text: `${begun.text}\n${next.text}`, to: next.to };
      begun = isQuoteOpen(one.text) && next.to < reading.lines.length ? one : undefined;
      if (begun === undefined && !/^\s*(#.*)?$/.test(one.text)) readLine(reading, one.text, { shell }, one.line, one.to);
    }
  },
};
