import { canonicalAddress, familyOf } from "../address";
import type { Family } from "../family";
import { deviceSchema } from "../number";
import { ownEntry } from "../ownEntry";

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

export interface TunnelType {
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
const tunnel = (family: Family, none: string, hops: string, traffic: string): TunnelType => ({
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

// Of the words of iproute2 those that a kernel was seen to take.
const flavors = ["psp", "next-csid"] as const;
const modes = ["encap", "inline", "l2encap", "encap.red", "l2encap.red"] as const;
const actions = "End End.X End.T End.DX2 End.DX6 End.DX4 End.DT6 End.DT4 End.DT46 End.B6 End.B6.Encaps".split(" ");
const tableId = (name: string): Parameter => ({ word: name, json: name, value: number(4294967295) });
const segments = list(address("inet6"));

const types: Readonly<Record<string, TunnelType>> = {
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
      // Of next-csid, in bits: `ip` shows the kernel's own choice, too.
      { word: "lblen", json: "lblen", value: number(128), absent: "32" },
      { word: "nflen", json: "nflen", value: number(128), absent: "16" },
      tableId("table"),
      tableId("vrftable"),
      { word: "nh4", json: "nh4", value: address("inet") },
      { word: "nh6", json: "nh6", value: address("inet6") },
      { word: "iif", json: "iif", value: device },
      { word: "oif", json: "oif", value: device },
    ],
  },
};

export const typeNames = Object.keys(types);
export function typeOf(name: unknown): TunnelType | undefined {
  return typeof name === "string" ? ownEntry(types, name) : undefined;
}

/** The canonical text of what was read, by word: in the table's order, without what is the same as leaving it out. */
export function print(name: string, { parameters }: TunnelType, values: ReadonlyMap<string, string>): string {
  const words = parameters.flatMap(({ word: text, value, absent }) => {
    const found = values.get(text);
    if (found === undefined || found === absent) return [];
    return value === undefined ? [text] : [...(text === "" ? [] : [text]), found];
  });
  return [name, ...words].join(" ");
}
