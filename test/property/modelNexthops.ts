import type { IpObject } from "../../provider/src/declaration/attribute";

/** A next hop object as the kernel keeps it: the words that were given, by their names. */
export interface ModelNexthop {
  readonly inet6: boolean;
  readonly words: ReadonlyMap<string, string>;
}

export function parseNexthop(inet6: boolean, words: readonly string[]): ModelNexthop {
  const found = new Map<string, string>();
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift())
    found.set(word, word === "blackhole" || word === "onlink" ? "" : (rest.shift() ?? ""));
  return { inet6: inet6 || found.get("via")?.includes(":") === true, words: found };
}

export const idOf = ({ words }: ModelNexthop): string => words.get("id") ?? "";

/** `id[,weight]` of each member. */
const membersOf = ({ words }: ModelNexthop): string[] => words.get("group")?.split("/") ?? [];

export function addNexthop(objects: readonly ModelNexthop[], one: ModelNexthop): readonly ModelNexthop[] | undefined {
  return objects.some((old) => idOf(old) === idOf(one)) ? undefined : [...objects, one].sort((a, b) => Number(idOf(a)) - Number(idOf(b)));
}

export const replaceNexthop = (objects: readonly ModelNexthop[], one: ModelNexthop): readonly ModelNexthop[] | undefined =>
  addNexthop(
    objects.filter((old) => idOf(old) !== idOf(one)),
    one,
  );

/** The kernel takes it out of its groups, and with its last member a group goes. */
export function deleteNexthop(objects: readonly ModelNexthop[], { words }: ModelNexthop): readonly ModelNexthop[] | undefined {
  const id = words.get("id");
  if (!objects.some((old) => idOf(old) === id)) return undefined;
  return objects.flatMap((old) => {
    if (idOf(old) === id) return [];
    const members = membersOf(old);
    const left = members.filter((member) => member.split(",")[0] !== id);
    if (left.length === members.length) return [old];
    return left.length === 0 ? [] : [{ ...old, words: new Map([...old.words, ["group", left.join("/")]]) }];
  });
}

/** As `ip -j -N -d nexthop show` shows it. */
export function nexthopJson(one: ModelNexthop): IpObject {
  const { words } = one;
  const group = membersOf(one).map((member) => member.split(",").map(Number));
  const text = (word: string, key: string): IpObject => (words.has(word) ? { [key]: words.get(word) } : {});
  return {
    id: Number(idOf(one)),
    ...(group.length === 0 ? {} : { group: group.map(([id, weight]) => ({ id, ...(weight === undefined ? {} : { weight }) })) }),
    ...text("via", "gateway"),
    ...text("dev", "dev"),
    ...(words.has("blackhole") ? { blackhole: null } : {}),
    ...(words.has("dev") ? { scope: words.has("via") ? "0" : "253" } : {}),
    protocol: words.get("proto") ?? "0",
    flags: words.has("onlink") ? ["onlink"] : [],
  };
}
