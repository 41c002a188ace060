import { readLine } from "../commands";
import { baseOf, type Format } from "./format";

/** When it runs, whose it is (in what the system has, not in a person's own table), and the command. */
const entry = /^\s*(?:@[a-z]+|(?:[^\s=]+\s+){4}[^\s=]+)\s+(?:root\s+)?(.*)$/;

/** /etc/crontab, /etc/cron.d/*, and root's own table. */
export const cron: Format = {
  name: "cron",
  again: () => ({ why: "cron sees it by itself; what it made stays until the next boot" }),
  isOne: (source) => /^crontab$/.test(baseOf(source)) || /\/cron\b/.test(source.path ?? source.name),
  read: (reading) => {
    for (const [index, text] of reading.lines.entries()) {
      const [, command = text] = entry.exec(text) ?? [];
      if (!/^\s*#/.test(text)) readLine(reading, command, {}, index + 1);
    }
  },
};
