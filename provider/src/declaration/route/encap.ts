import { z } from "zod";
import { canonicalAddress, familyOf } from "../address";
import { attribute, type IpObject } from "../attribute";
import type { Family } from "../family";
import { deviceSchema } from "../number";

/** One word of a tunnel's header and its value, in canonical form on both sides. */
interface Parameter {
  /** As `ip` takes it; empty where the value stands by itself. */
  readonly word: string;
  readonly json: string;
  /** The canonical text of a value; undefined when it is none. Absent: a flag, without a value. */
  readonly value?: (text: string) => string | undefined;
  /** What leaving it out means, in canonical form. */
  readonly absent?: string;
  readonly required?: boolean;
}

interface Type {
  readonly parameters: readonly Parameter[];
  readonly families?: readonly Family[];
}

const number =
  (most: number) =>
  (text: string): string | undefined =>
    /^(0x[0-9a-f]+|[0-9]+)$/i.test(text) && Number(text) <= most ? String(Number(text)) : undefined;
const address =
  (family: Family) =>
  (text: string): string | undefined => {
    const canonical = canonicalAddress(text);
    return canonical !== undefined && familyOf(canonical) === family ? canonical : undefined;
  };
const word =
  (...words: readonly string[]) =>
  (text: string): string | undefined =>
    words.includes(text) ? text : undefined;
const list =
  (one: (text: string) => string | undefined, separator = ",") =>
  (text: string): string | undefined => {
    const parts = text.split(separator).map(one);
    return parts.includes(undefined) ? undefined : parts.join(separator);
  };
const device = (text: string): string | undefined => deviceSchema.safeParse(text).data;

const flags: readonly Parameter[] = ["key", "csum", "seq"].map((name) => ({ word: name, json: name }));
const byte = (name: string): Parameter => ({ word: name, json: name, value: number(255), absent: "0" });
const tunnel = (family: Family, none: string, hops: string, traffic: string): Type => ({
  parameters: [
    // A larger number would lose its last digits in JSON.
    { word: "id", json: "id", value: number(Number.MAX_SAFE_INTEGER), absent: "0" },
    { word: "src", json: "src", value: address(family), absent: none },
    { word: "dst", json: "dst", value: address(family), absent: none },
    byte(hops),
    byte(traffic),
    ...flags,
  ],
});

const flavors = ["psp", "usp", "usd", "next-csid"] as const;
const modes = ["encap", "inline", "l2encap", "encap.red", "l2encap.red"] as const;
const actions = "End End.X End.T End.DX2 End.DX6 End.DX4 End.DT6 End.DT4 End.DT46 End.B6 End.B6.Encaps End.BM End.S End.AS End.AM".split(
  " ",
);
const tableId = (name: string): Parameter => ({ word: name, json: name, value: number(4294967295) });
const segments = list(address("inet6"));

const types: Readonly<Record<string, Type>> = {
  ip: tunnel("inet", "0.0.0.0", "ttl", "tos"),
  ip6: tunnel("inet6", "::", "hoplimit", "tc"),
  mpls: {
    parameters: [
      { word: "", json: "dst", value: list(number(0xfffff), "/"), required: true },
      { word: "ttl", json: "ttl", value: number(255) },
    ],
  },
  seg6: {
    parameters: [
      { word: "mode", json: "mode", value: word(...modes), required: true },
      { word: "segs", json: "segs", value: segments, required: true },
      { word: "hmac", json: "hmac", value: number(4294967295) },
    ],
  },
  seg6local: {
    families: ["inet6"],
    parameters: [
      { word: "action", json: "action", value: word(...actions), required: true },
      { word: "srh segs", json: "srh", value: segments },
      { word: "flavors", json: "flavors", value: list(word(...flavors)) },
      tableId("table"),
      tableId("vrftable"),
      { word: "nh4", json: "nh4", value: address("inet") },
      { word: "nh6", json: "nh6", value: address("inet6") },
      { word: "iif", json: "iif", value: device },
      { word: "oif", json: "oif", value: device },
    ],
  },
};

const typeNames = Object.keys(types);
/** Every word of `ip` that a tunnel may have. */
export const encapWords: readonly string[] = [
  ...typeNames,
  ...modes,
  ...actions,
  ...flavors,
  ...Object.values(types).flatMap(({ parameters }) => parameters.flatMap((one) => one.word.split(" "))),
];
const expected = `expected the words of ip route behind encap, such as "ip id 100 dst 192.0.2.1"; it begins with one of ${typeNames.join(", ")}`;

function typeOf(name: unknown): Type | undefined {
  return typeof name === "string" && Object.hasOwn(types, name) ? types[name] : undefined;
}

/** The canonical text of what was read, by word: in the table's order, without what is the same as leaving it out. */
function print(name: string, { parameters }: Type, values: ReadonlyMap<string, string>): string {
  const words = parameters.flatMap(({ word: text, value, absent }) => {
    const found = values.get(text);
    if (found === undefined || found === absent) return [];
    return value === undefined ? [text] : [...(text === "" ? [] : [text]), found];
  });
  return [name, ...words].join(" ");
}

/** The canonical form of what a person wrote; a text that begins with a blank says what is wrong with it. */
function canonicalEncap(text: string): { text: string } | { wrong: string } {
  const [name = "", ...tokens] = text.trim().split(/\s+/);
  const type = typeOf(name);
  if (type === undefined) return { wrong: expected };
  const values = new Map<string, string>();
  let rest = tokens;
  while (rest.length > 0) {
    const parameter = type.parameters.find(
      ({ word: words }) => words !== "" && words.split(" ").every((part, index) => rest[index] === part),
    );
    const own = parameter ?? type.parameters.find(({ word: words }) => words === "");
    if (own === undefined || values.has(own.word)) return { wrong: `${name}: has a word that it does not know, or one twice` };
    const taken = own.word === "" ? 0 : own.word.split(" ").length;
    const value = own.value === undefined ? "" : own.value(rest[taken] ?? "");
    if (value === undefined) return { wrong: `${name}: the value behind ${own.word || name} cannot be meant` };
    values.set(own.word, value);
    rest = rest.slice(own.value === undefined ? taken : taken + 1);
  }
  const lacking = type.parameters.find(({ word: words, required }) => required === true && !values.has(words));
  return lacking === undefined ? { text: print(name, type, values) } : { wrong: `${name}: lacks ${lacking.word || "its labels"}` };
}

const isObject = (value: unknown): value is IpObject => typeof value === "object" && value !== null && !Array.isArray(value);
/** `inline` shows one segment more, the packet's own destination. */
const listed = (value: unknown): unknown => (Array.isArray(value) ? value.filter((one) => one !== "::").join(",") : value);
const shown = (value: unknown): string => String(listed(isObject(value) ? value["segs"] : value));

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

export const encap = attribute({
  schema: z.string(expected).transform((text, context) => {
    const form = canonicalEncap(text);
    if ("text" in form) return form.text;
    context.addIssue(form.wrong);
    return z.NEVER;
  }),
  wrong: (text, { family }) => {
    const families = typeOf(text.split(" ")[0])?.families ?? (text.startsWith("seg6 mode inline") ? (["inet6"] as const) : undefined);
    return families !== undefined && family === "inet"
      ? `${text.split(" ")[0]} of this kind exists for ${families.join(", ")} only`
      : undefined;
  },
  words: (text) => ["encap", ...text.split(" ")],
  observe: encapAt,
  json: ["encap"],
  sinceOf: (text) =>
    /^seg6 mode \S+\.red/.test(text)
      ? { iproute2: "6.0", kernel: "6.0" }
      : / flavors /.test(text)
        ? { iproute2: "6.2", kernel: "6.1" }
        : undefined,
  doc: "Tunnel header that packets get: the words of `ip route` behind `encap`, of type ip, ip6, mpls, seg6 or seg6local.",
  absent: "packets leave as they are",
  ip: "encap TYPE WORDS...",
  example: "ip id 100 dst 192.0.2.1",
});
