import { readHereLine, readLine } from "../commands";
import { logicalLines } from "../logicalLines";
import { commandsIn } from "../shell";
import type { Format } from "./format";

const opens = /^(if|for|while|until|case|select)$/;
const closes = /^(fi|done|esac)$/;

/** Scripts that a boot or a manager runs: rc.local, hooks of ifupdown, dispatchers. What stands inside a condition may or may not have run. */
export const script: Format = {
  name: "scripts",
  again: () => ({ why: "nothing reads it again: what it made stays until the next boot" }),
  isOne: ({ text }) => /^#!.*sh\b/.test(text) || /^\s*(\S*\/)?ip\s+(-\S+\s+)*(ru|rule|ro|route|r)\s/m.test(text),
  read: (reading) => {
    const open: string[] = [];
    const hereEnds: string[] = [];
    for (const { text, line, to } of logicalLines(reading.lines)) {
      const [hereEnd] = hereEnds;
      if (hereEnd !== undefined) {
        readHereLine(reading, text, line, to);
        if (text.trim() === hereEnd) hereEnds.shift();
        continue;
      }
      if (/^\s*(#.*)?$/.test(text)) continue;
      let inside = open.at(-1);
      for (const { words, hereEnd: end } of commandsIn(text)) {
        if (end !== undefined) hereEnds.push(end);
        for (const word of words) {
          if (opens.test(word)) open.push(word);
          else if (closes.test(word)) open.pop();
          else break;
          inside ??= open.at(-1);
        }
        if (words.some((word) => /^[A-Za-z0-9_-]+\(\)$/.test(word)) || words[0] === "function") open.push("a function");
        if (words[0] === "}") open.pop();
      }
      inside = open.at(-1) ?? inside;
      readLine(reading, text, { depends: inside === undefined ? undefined : `inside ${inside}` }, line, to);
    }
  },
};
