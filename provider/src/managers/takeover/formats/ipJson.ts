import { type IpObject, wordAt } from "../../../declaration/attribute";
import type { Family } from "../../../declaration/family";
import { scopeNumbers } from "../../../declaration/route/nextHop";
import { parseIpJson } from "../../../kernel/observed/ipJson";
import { parseRoutes, parseRules } from "../../../kernel/observed/parse";
import { originNumber } from "../origins";
import type { Reading } from "../reading";
import type { Format } from "./format";

/** What `ip -j rule show` and `ip -j route show` print, with names or numbers. */
export const ipJson: Format = {
  name: "ip -j",
  again: () => ({ why: "it is what stood on the host: find the file that makes it, by npx --no-install policy-routing adopt HOST" }),
  isOne: ({ text }) => /^\s*\[\s*\{\s*"(priority|type|dst)"/.test(text),
  read: (reading, { text }) => {
    let objects: IpObject[] = [];
    try {
      objects = parseIpJson(text, "it");
    } catch {
      reading.doubt("not understood", 1, reading.lines.length);
    }
    for (const json of objects) readObject(reading, json);
    reading.leave("read as a whole", 1, reading.lines.length);
    reading.leftOut.length = 0;
  },
};

const isNumber = (value: unknown): boolean => typeof value === "number" || (typeof value === "string" && /^[0-9]+$/.test(value));
const words = ["blackhole", "unreachable", "prohibit", "nop"];

/** Names stand where `ip -N` shows numbers: what has a name is said behind the reader. */
function readObject(reading: Reading, json: IpObject): void {
  const { table, type, action, scope, protocol, ...rest } = json;
  const isRule = json["priority"] !== undefined && json["dst"] === undefined ? true : json["src"] !== undefined;
  const family: Family = /:/.test(["src", "dst", "gateway", "prefsrc"].map((key) => wordAt(json, key)).join(" ")) ? "inet6" : "inet";
  const numbers = {
    ...rest,
    ...(isNumber(table) ? { table } : {}),
    ...(isNumber(type) ? { type } : {}),
    ...(isNumber(action) ? { action } : {}),
    ...(scope === undefined ? {} : { scope: isNumber(scope) ? scope : Object.entries(scopeNumbers).find(([name]) => name === scope)?.[1] }),
  };
  const [one] = isRule ? parseRules([numbers], family) : parseRoutes([numbers], family, "main");
  if (one === undefined) return;
  const { unread } = one;
  if (unread.length > 0) {
    reading.doubt(`an entry with ${unread.join(", ")}`, 1);
    return;
  }
  const named = {
    ...(table === undefined || isNumber(table) ? {} : { table }),
    ...(type === undefined || isNumber(type) || type === "unicast" ? {} : { type }),
    ...(typeof action === "string" && words.includes(action) ? { action } : {}),
  };
  const origin = protocol === undefined ? 3 : originNumber(wordAt(json, "protocol"));
  reading.take({ kind: isRule ? "rule" : "route", values: { ...("rule" in one ? one.rule : one.route), ...named }, protocol: origin }, 1);
}
