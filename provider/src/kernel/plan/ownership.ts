import { isSameStack, type Tags, tagsOf } from "../../declaration/owner";
import { parseRegisterKey, registerKey } from "../../declaration/registerKey";
import type { Foreign, Mandate, Note, Take } from "./change";
import { type Line, linesAt, type Register, type RegisterLine } from "./register";

/** A line of the register, and which entry of the kernel it is about. */
export interface Title extends Line {
  /** The entry's tag; undefined where an older version wrote the line and it cannot be told: then any of those that no other line names. */
  readonly proto: number | undefined;
}

/** What stands at one key, in the order in which the kernel tries it, and the lines of the register about it. */
export interface AtKey<Observed> {
  readonly titles: readonly Title[];
  readonly all: readonly Observed[];
  readonly ours: readonly Observed[];
  /** Nobody's of this stack. */
  readonly foreign: readonly Observed[];
}

const defaultTags = tagsOf(undefined);

/** Who asks, and the tags that it knows to be its own. */
export type Claimant = Pick<Mandate, "id" | "tags" | "former">;

/** What the register says of the entries at one key; `here` are the tags that stand there. */
export function titlesAt(register: Register, key: string, here: readonly number[], claimant: Claimant): readonly Title[] {
  const lines = linesAt(register, key);
  return lines.map((line) => ({ ...line, proto: taggedProto(line) ?? olderProto(line, lines, here, claimant) }));
}

const taggedProto = ({ owner, staging }: Line): number | undefined => (typeof owner === "number" ? owner + (staging ? 1 : 0) : undefined);

/**
 * Older versions left the tag out, whatever it was. Then the line means the default tag's entry, unless there is none and one of a tag that the
 * claimant knows is, which no other line names. A line of the claimant's own never means what its state does not know, unless another one of
 * its lines says the tag that the state knows.
 */
function olderProto(
  { owner, staging, entry }: Line,
  lines: readonly Line[],
  here: readonly number[],
  { id, tags, former }: Claimant,
): number | undefined {
  const of = (one: Tags): number => (staging ? one.staging : one.owner);
  const base = of(defaultTags);
  const tagged = lines.filter((line) => line.staging === staging && typeof line.owner === "number");
  const again = tagged.find((line) => line.entry.id === entry.id);
  const known = [tags, ...(former === undefined ? [] : [former])].map(of).filter((proto) => owner === undefined || proto !== base);
  const isFree = (proto: number): boolean => here.includes(proto) && !tagged.some((line) => line !== again && taggedProto(line) === proto);
  if (
    owner === undefined &&
    (entry.id === id ? (known.includes(base) || again !== undefined) && isFree(base) : here.length === 0 || here.includes(base))
  )
    return base;
  const standing = known.find(isFree);
  if (entry.id === id) return standing ?? known[0];
  return again === undefined ? standing : taggedProto(again);
}

/** The tag of the entry that a key of the register is about; undefined where it cannot be told. */
export function protoAt(at: string, register: Register, here: readonly number[], claimant: Claimant): number | undefined {
  const { key, owner, staging } = parseRegisterKey(at);
  const title = titlesAt(register, key, here, claimant).find((one) => one.at === at);
  if (title !== undefined) return title.proto;
  const tags = tagsOf(typeof owner === "number" ? owner : undefined);
  return staging ? tags.staging : tags.owner;
}

export const titleOf = (titles: readonly Title[], proto: number): Title | undefined => titles.find((title) => title.proto === proto);

/** The tag of what stands there for an id: its own as it should be, else one under which it still is, else its stack's where nobody owns that. */
export function protoFor(titles: readonly Title[], here: readonly number[], { id, tags }: Claimant): number | undefined {
  const own = titles.filter(({ entry, proto }) => entry.id === id && proto !== undefined && here.includes(proto));
  const best =
    own.find(({ proto, staging }) => staging && proto === tags.staging) ?? own.find(({ proto }) => proto === tags.owner) ?? own[0];
  return best?.proto ?? (titleOf(titles, tags.owner) === undefined && here.includes(tags.owner) ? tags.owner : undefined);
}

/** For messages, behind a tag. */
export const ofWhom = (title: Title | undefined): string =>
  title === undefined ? "" : `, of ${title.entry.id} of stack ${title.entry.stack}`;

/** In nobody's name, as far as can be told. */
export const isUnnamed = (titles: readonly Title[], proto: number): boolean =>
  !titles.some((title) => title.proto === proto || title.proto === undefined);

/** May be changed as what is the claimant's: of its stack, or under a tag of its own and in nobody's name. */
export function isOurs(titles: readonly Title[], proto: number, claimant: Claimant & Pick<Mandate, "stack">): boolean {
  const title = titleOf(titles, proto);
  return title === undefined
    ? proto === claimant.tags.owner || isFormer(titles, proto, claimant)
    : title.entry.id === claimant.id || isSameStack(title.entry.stack, claimant.stack);
}

/** What a person should hear when something that stands there becomes the claimant's. */
export function notesOf(
  describe: () => string,
  proto: number,
  titles: readonly Title[],
  claimant: Claimant & Pick<Mandate, "stack">,
  took?: Foreign,
): Note[] {
  const title = titleOf(titles, proto);
  if (title === undefined && proto === claimant.tags.owner) return [ofNobody];
  if (isOurs(titles, proto, claimant)) return [];
  return [title === undefined ? takenOver(`${describe()} (proto ${proto})`, took) : takenFrom(title)];
}

export const takenOver = (what: string, took?: Foreign): Note => ({
  topic: "taken-over",
  will: `takes over ${what}`,
  did: `took over ${what}`,
  ...(took === undefined ? {} : { took }),
});
export const takenFrom = ({ entry: { id, stack } }: Title): Note => ({
  topic: "taken-over",
  will: `takes it over from ${id} of stack ${stack}`,
  did: `taken over from ${id} of stack ${stack}`,
});
export const ofNobody: Note = {
  topic: "taken-over",
  will: "is there with our tag and in nobody's name: takes it over",
  did: "was there with our tag and in nobody's name: taken over",
};

/** What it takes from another id of its own stack. */
export const takesFrom = (title: Title | undefined, key: string, { id, stack }: Pick<Mandate, "id" | "stack">): Take[] =>
  title === undefined || title.entry.id === id || !isSameStack(title.entry.stack, stack) ? [] : [{ key, from: title.entry }];

/** The claimant's own entry under a tag that is no longer its own. */
export const isFormer = (titles: readonly Title[], proto: number, { id, tags, former }: Claimant): boolean =>
  proto !== tags.owner &&
  (titleOf(titles, proto)?.entry.id === id || ((proto === former?.owner || proto === former?.staging) && isUnnamed(titles, proto)));

/**
 * The register's lines that make the claimant the owner of a key: its lines under other tags go, and those of what it took from others; `displacing`
 * are those of what it displaced, `more` is what else is to be remembered of it. A line that would be overwritten though it means, or may mean, an entry under another tag moves on to a key of its own.
 */
export function owningLines(
  titles: readonly Title[],
  key: string,
  { id, stack, tags }: Pick<Mandate, "id" | "stack" | "tags">,
  taken: readonly (Title | undefined)[] = [],
  displacing: readonly RegisterLine[] = [],
  more?: string,
): RegisterLine[] {
  const at = registerKey(key, tags.owner);
  const current = titles.find((title) => title.at === at);
  const kept = current === undefined || current.entry.id === id || current.proto === tags.owner ? [] : [current];
  const gone = titles.filter((title) => title.at !== at && (title.entry.id === id || taken.includes(title)));
  return [
    ...kept.map(({ proto, entry }) => ({ at: registerKey(key, proto ?? "?"), entry })),
    ...gone.map((title) => ({ at: title.at })),
    ...displacing,
    ...(current?.entry.id === id && current.entry.more === more
      ? []
      : [{ at, entry: { id, stack, ...(more === undefined ? {} : { more }) } }]),
  ];
}
