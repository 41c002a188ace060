import type { IpObject } from "../../declaration/attribute";
import { isObject } from "../../declaration/isObject";
import { withNestedEncap } from "../../declaration/route/tunnelJson";
import { PolicyRoutingError } from "../../errors";
import type { Pieces } from "./pieces";

/** The JSON array that one `ip -j` printed, without what it complained of before or behind it; nothing is an empty one. */
export function parseIpJson(printed: string, what: string): IpObject[] {
  const from = /^\[/m.exec(printed)?.index ?? 0;
  const to = printed.lastIndexOf("]") + 1;
  const text = to > from ? printed.slice(from, to) : printed;
  if (text.trim() === "") return [];
  const parsed = jsonOf(text);
  // Anything else is no answer: taken for an empty one, it would say that the host has nothing.
  if (Array.isArray(parsed)) return parsed.filter(isObject);
  throw noJson(what, text);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(withNestedEncap(text));
  } catch {
    return undefined;
  }
}

const noJson = (what: string, text: string): PolicyRoutingError =>
  new PolicyRoutingError("protocol", {
    topic: "answer-not-understood",
    what: `the answer of ip for ${what} is not JSON`,
    cameBack: text.slice(0, 300),
    next: "check that `ip -j rule show` works on the host",
  });

const tooLong = (what: string, text: string): PolicyRoutingError =>
  new PolicyRoutingError("protocol", {
    topic: "answer-not-understood",
    what: `the answer of ip for ${what} holds an object without an end`,
    cameBack: text.slice(0, 300),
  });

/** The same, some objects at a time; they go to `take`. */
export function* readIpJson(printed: string, what: string, take: (objects: readonly IpObject[]) => void): Pieces<void> {
  for (const text of slicesOf(printed, what)) {
    take(parseIpJson(text, what));
    yield;
  }
}

/** One object of `ip` is shorter, however many next hops it has. */
const longestObject = 256 * 1024;
const longestSlice = 256 * 1024;
const mostObjects = 500;

/** An array as smaller arrays, each still as text. */
function* slicesOf(printed: string, what: string): Generator<string> {
  const begin = printed.length <= longestObject ? undefined : /^\[/m.exec(printed)?.index;
  if (begin === undefined) {
    yield printed;
    return;
  }
  let from = begin + 1;
  let objects = 0;
  for (const { at, isLast } of boundaries(printed, begin, what)) {
    objects++;
    if (!isLast && objects < mostObjects && at - from < longestSlice) continue;
    yield `[${printed.slice(from, at)}]`;
    if (isLast) return;
    from = at + 1;
    objects = 0;
  }
  throw noJson(what, printed.slice(from));
}

const codes = { quote: 34, comma: 44, open: 91, backslash: 92, close: 93, openObject: 123, closeObject: 125 } as const;

/** Where the elements of an array end: its commas, and at last its bracket. */
function* boundaries(text: string, begin: number, what: string): Generator<{ at: number; isLast: boolean }> {
  let depth = 0;
  let isString = false;
  let element = begin;
  for (let at = begin; at < text.length; at++) {
    if (at - element > longestObject) throw tooLong(what, text.slice(element));
    const code = text.charCodeAt(at);
    if (isString) {
      if (code === codes.backslash) at++;
      else if (code === codes.quote) isString = false;
    } else if (code === codes.quote) isString = true;
    else if (code === codes.open || code === codes.openObject) depth++;
    else if (code === codes.close || code === codes.closeObject) depth--;
    if (isString || depth > 1) continue;
    if (depth === 0) {
      if (code !== codes.close) throw noJson(what, text.slice(element));
      yield { at, isLast: true };
      return;
    }
    if (code === codes.comma) {
      yield { at, isLast: false };
      element = at + 1;
    }
  }
}
