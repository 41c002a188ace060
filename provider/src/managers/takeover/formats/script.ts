import { readLine } from "../commands";
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
    for (const { text, line, to } of logicalLines(reading.lines)) {
      if (/^\s*(#.*)?$/.test(text)) continue;
      const before = open.at(-1);
      for (const { words } of commandsIn(text)) {
        for (const word of words) {
          if (opens.test(word)) open.push(word);
          else if (closes.test(word)) open.pop();
          else break;
        }
        if (words.some((word) => /^[A-Za-z0-9_-]+\(\)$/.test(word)) || words[0] === "function") open.push("a function");
        if (words[0] === "}") open.pop();
      }
      const inside = open.at(-1) ?? before;
      readLine(reading, text, { depends: inside === undefined ? undefined : `inside ${inside}` }, line, to);
    }
  },
};
