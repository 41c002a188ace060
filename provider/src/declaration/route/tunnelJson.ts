import { type IpObject, wordOf } from "../attribute";
import { isObject } from "../isObject";
import { print, typeOf } from "./tunnel";

/** `inline` shows one segment more, the packet's own destination. */
function shown(value: unknown): string {
  const words = isObject(value) ? value["segs"] : value;
  return (Array.isArray(words) ? words.filter((one) => one !== "::") : [words]).map(wordOf).join(",");
}

/** The tunnel that `ip -j` shows, in canonical form; undefined when there is none, or one with something that is not understood. */
export function encapAt({ encap }: IpObject): string | undefined {
  if (!isObject(encap)) return undefined;
  const { encap_type: name, ...fields } = encap;
  const type = typeOf(name);
  if (typeof name !== "string" || type === undefined) return undefined;
  const values = new Map<string, string>();
  for (const [key, json] of Object.entries(fields)) {
    const parameter = type.parameters.find((one) => one.json === key);
    const value = parameter?.value === undefined ? "" : parameter.value(shown(json));
    if (parameter === undefined || value === undefined) return undefined;
    values.set(parameter.word, value);
  }
  return print(name, type, values);
}

/** True when something of a tunnel that `ip -j` shows is not understood: what it says could not be put back. */
export const isStrange = (json: IpObject): boolean => json["encap"] !== undefined && encapAt(json) === undefined;

/**
 * Up to 6.1 `ip -j` wrote a tunnel's words among the route's own, so that `dst`, `src`, `tos` and `id` are there twice and the last one wins.
 * Here they go into an object of their own, as newer versions have it. `text` is JSON: a quote inside a string has a backslash before it.
 */
export function withNestedEncap(text: string): string {
  const value = String.raw`(?:"(?:[^"\\]|\\.){0,1000}"|[0-9]{1,20}|true|null|\[[^\]]{0,1000}\]|\{[^}]{0,1000}\})`;
  const field = new RegExp(String.raw`,"(\w+)":${value}`, "y");
  const begin = /"encap":"(\w+)"/g;
  let nested = "";
  let done = 0;
  for (const found of text.matchAll(begin)) {
    const type = typeOf(found[1]);
    if (type === undefined || found.index < done) continue;
    const open = new Set([...type.parameters.map(({ json }) => json), "geneve_opts", "vxlan_opts", "erspan_opts"]);
    const from = found.index + found[0].length;
    let to = from;
    field.lastIndex = from;
    // A key that comes again is the route's own.
    for (let next = field.exec(text); next !== null && open.delete(next[1] ?? ""); next = field.exec(text)) to = field.lastIndex;
    nested += `${text.slice(done, found.index)}"encap":{"encap_type":"${found[1]}"${text.slice(from, to)}}`;
    done = to;
  }
  return nested + text.slice(done);
}

/** A line of `ip route show` without the words of a tunnel that a route has too. */
export const withoutTunnel = (line: string): string => line.replace(/ encap ip id \S+ src \S+ dst \S+ ttl \S+ tos \S+/g, "");
