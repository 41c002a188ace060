import { saidBy } from "../commands";
import { logicalLines } from "../logicalLines";
import { originNumber } from "../origins";
import type { Reading } from "../reading";
import { readWords } from "../readWords";
import type { Format } from "./format";

const rule = /^\s*([0-9]+):\s+(.*?)\s*$/;
const route = /^(default|unreachable|blackhole|prohibit|throw|local|broadcast|multicast|[0-9]+\.|[0-9a-fA-F]*:)/;
const isRoute = (line: string): boolean =>
  route.test(line) && /\s(dev|via|proto|metric|table|scope|nhid)\s|^(default|unreachable|blackhole|prohibit|throw)\b/.test(line);

/** What `ip rule show` and `ip route show` print. */
export const dump: Format = {
  name: "ip rule, ip route",
  again: () => ({ why: "it is what stood on the host: find the file that makes it, by npx --no-install policy-routing adopt HOST" }),
  isOne: ({ text }) => {
    const said = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
    return said.length > 0 && said.every((line) => rule.test(line) || isRoute(line) || /^\s+(nexthop|cache)\b/.test(line));
  },
  read: (reading) => {
    for (const { text, line, to } of entriesOf(reading.lines)) {
      const [, priority, rest] = rule.exec(text) ?? [];
      if (priority !== undefined && rest !== undefined) take(reading, "rule", ["pref", priority, ...rest.split(/\s+/)], line, to);
      else if (isRoute(text)) take(reading, "route", text.trim().split(/\s+/), line, to);
    }
  },
};

/** A route of several next hops goes on over lines that begin with a blank. */
function entriesOf(lines: readonly string[]): { text: string; line: number; to: number }[] {
  const found: { text: string; line: number; to: number }[] = [];
  for (const { text, line, to } of logicalLines(lines)) {
    const last = found.at(-1);
    if (/^\s+nexthop\s/.test(text) && last !== undefined) {
      last.text = `${last.text} ${text.trim()}`;
      last.to = to;
    } else found.push({ text: text.replace(/\\\s*nexthop/g, " nexthop"), line, to });
  }
  return found;
}

function take(reading: Reading, kind: "rule" | "route", words: readonly string[], line: number, to: number): void {
  const said = saidBy(kind, words, undefined);
  if ("wrong" in said) {
    reading.doubt(`${words.join(" ")}: ${said.wrong}`, line, to);
    return;
  }
  const read = readWords(kind, words);
  const proto = "wrong" in read ? undefined : read.proto;
  reading.take({ ...said, protocol: proto === undefined ? 3 : originNumber(proto) }, line, to);
}
