import { parseRegisterKey, registerKey } from "../../declaration/registerKey";
import { channelOf, type IpStep, type SettingStep } from "../plan/step";

/** One object as it is persisted on a host: a file whose comment says whose it is, and whose lines are for `ip -batch`. */
export interface StoredObject {
  /** Name of the file: in the order of stages. */
  readonly file: string;
  readonly channel: string;
  /** The register's. */
  readonly key: string;
  readonly id: string;
  readonly stack: string;
  /** What is to be in place for it: what calls the script, and `networkd`: its drop-in. */
  readonly needs: readonly string[];
  /** Its tag in the kernel. */
  readonly owner: number;
  /** Whoever declared it lets a foreign entry that says the same be taken over: a boot in which its old file still acts is none of their worries. */
  readonly adopts?: true;
  /** One; of a set of rules as many as these. */
  readonly lines: readonly string[];
  /** The name on the disk, where an older version gave it one without the tag. */
  readonly oldFile?: string;
}

/** How it is persisted, whosever it is. */
export type StoredWords = Pick<StoredObject, "file" | "channel" | "needs" | "adopts" | "lines">;

export const wordsOfStored = ({ file, channel, needs, adopts, lines }: StoredObject): StoredWords => ({
  file,
  channel,
  needs,
  ...(adopts === undefined ? {} : { adopts }),
  lines,
});

/** The steps that make it after a boot. */
export const storedLines = (steps: readonly (IpStep | SettingStep)[]): Pick<StoredObject, "channel" | "lines"> => ({
  channel: steps[0]?.on === "ip" ? channelOf(steps[0].family) : "s",
  lines: steps.map((step) => (step.on === "ip" ? step.words.join(" ") : `sysctl ${step.file} ${step.device} ${step.value}`)),
});

/** The forms of a file. A script that does not know one refuses its file: it would take it for another thing. */
export const storedForms = {
  /** One line, of the default tag: a script compares keys without tags. */
  plain: 1,
  /** The tag is in its key and in the file's name: two tags may have an object at one key. */
  tagged: 2,
  /** Several lines, of which each must be there. */
  several: 3,
  /** A device stands in place of what it has: `from @eth1`. */
  followed: 4,
} as const;
/** Forms whose lines are not one alone. */
export const formsOfSeveral: readonly number[] = [storedForms.several, storedForms.followed];

const headerOf = (form: number): string => `# pulumi-policy-routing ${form}`;
const headers = Object.values(storedForms).map(headerOf);
const headersOfSeveral = formsOfSeveral.map(headerOf);

function formOf({ key, lines }: StoredObject): number {
  if (lines.some((line) => / (from|via) @/.test(line))) return storedForms.followed;
  if (lines.length > 1) return storedForms.several;
  return parseRegisterKey(key).owner !== undefined ? storedForms.tagged : storedForms.plain;
}

export const fileOf = (stage: number, key: string): string =>
  `${String(stage).padStart(2, "0")}-${key.replaceAll(" ", "-").replaceAll("/", "_")}`;

/** The word behind the tag, in a header and in what the host takes. */
const adopting = "adopt";

/** One word, in a header and in the history. */
export const printNeeds = (needs: readonly string[]): string => needs.join(",");
export const parseNeeds = (text: string): readonly string[] => text.split(",");

/** The texts of all files, one after the other. */
export function parseObjects(text: string): Map<string, StoredObject> {
  const objects = new Map<string, StoredObject>();
  for (const [, head = "", body = ""] of text.matchAll(/^(#.*)\n((?:(?!#).+\n?)*)/gm)) {
    const [header = "", file = "", channel = "", key = "", id = "", stack = "", needs = "", owner, adopts] = head.split("\t");
    const lines = body.trimEnd().split("\n");
    if (!headers.includes(header) || body === "") continue;
    const stored = {
      file,
      channel,
      key,
      id,
      stack,
      needs: parseNeeds(needs),
      owner: Number(owner),
      ...(adopts === adopting ? { adopts: true as const } : {}),
      lines: headersOfSeveral.includes(header) ? lines : lines.slice(0, 1),
    };
    const tagged = header === headers[0] ? withTag(stored) : stored;
    // Of two with one name the one of the newer form counts, and the other is still to be removed.
    const other = objects.get(tagged.file);
    objects.set(tagged.file, other?.oldFile === undefined ? tagged : { ...tagged, oldFile: other.oldFile });
  }
  return objects;
}

/** An object of form 1 under another tag than the default, as it would be written now. */
function withTag(stored: StoredObject): StoredObject {
  const { file, key, owner } = stored;
  const { key: plain, staging } = parseRegisterKey(key);
  const tagged = registerKey(plain, staging ? owner - 1 : owner, staging);
  return tagged === key ? stored : { ...stored, key: tagged, file: fileOf(Number(file.slice(0, 2)), tagged), oldFile: file };
}

/** As the host takes it: what it is told without tabs is the name of a file that goes. */
export function printObject(stored: StoredObject): string {
  const { file, channel, key, id, stack, needs, owner, adopts, lines } = stored;
  return [file, formOf(stored), channel, key, id, stack, printNeeds(needs), owner, ...(adopts ? [adopting] : []), ...lines].join("\t");
}
