import { attribute, type Since } from "../attribute";
import { z } from "../zod";
import { print, typeNames, typeOf } from "./tunnel";
import { encapAt } from "./tunnelJson";

const expected = `expected the words of ip route behind encap, such as "ip id 100 dst 192.0.2.1"; it begins with one of ${typeNames.join(", ")}`;

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

/** The first that fits: the later ones of flavors stand first. */
const sinceOf: readonly (readonly [words: RegExp, since: Since])[] = [
  [/ End[.]X .*flavors \S*next-csid/, { iproute2: "6.1", kernel: "6.6" }],
  [/ flavors \S*psp/, { iproute2: "6.1", kernel: "6.3" }],
  [/ flavors /, { iproute2: "6.1", kernel: "6.1" }],
  [/^seg6 mode \S+[.]red/, { iproute2: "6.0", kernel: "6.0" }],
];

export const encap = attribute({
  schema: z.string(expected).transform((text, context) => {
    const form = canonicalEncap(text);
    if ("text" in form) return form.text;
    context.addIssue(form.wrong);
    return z.NEVER;
  }),
  wrong: (text, { family }) => {
    if (/ flavors \S*psp/.test(text) && !/ action End /.test(text)) return "the flavor psp goes with the action End only";
    const families = typeOf(text.split(" ")[0])?.families ?? (text.startsWith("seg6 mode inline") ? (["inet6"] as const) : undefined);
    return families !== undefined && family === "inet"
      ? `${text.split(" ")[0]} of this kind exists for ${families.join(", ")} only`
      : undefined;
  },
  words: (text) => ["encap", ...text.split(" ")],
  observe: encapAt,
  json: ["encap"],
  sinceOf: (text) => sinceOf.find(([words]) => words.test(text))?.[1],
  doc: "Tunnel header that packets get: the words of `ip route` behind `encap`, of type ip, ip6, mpls, seg6 or seg6local.",
  absent: "packets leave as they are",
  ip: "encap TYPE WORDS...",
  example: "ip id 100 dst 192.0.2.1",
});
