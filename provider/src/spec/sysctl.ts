import type { z } from "zod";
import { type Field, field } from "./attribute";
import { type Entries, entriesOf } from "./entries";
import { deviceSchema, oneOf } from "./number";

export const sysctlFiles = ["rp_filter", "arp_ignore", "arp_announce"] as const;

/** A setting of a device under /proc/sys/net/ipv4/conf/DEVICE. The kernel uses the larger of that of `all` and the device's own. */
export interface Sysctl {
  readonly file: (typeof sysctlFiles)[number];
  readonly device: string;
  readonly value: number;
}

export const sysctlKey = ({ file, device }: Pick<Sysctl, "file" | "device">): string => `sysctl ${file} ${device}`;

/** What a key is about; undefined for that of another kind. */
export function parseSysctlKey(key: string): Pick<Sysctl, "file" | "device"> | undefined {
  const [, name, device] = /^sysctl (\S+) (\S+)$/.exec(key) ?? [];
  const file = sysctlFiles.find((one) => one === name);
  return file === undefined || device === undefined ? undefined : { file, device };
}

/** A field `{ DEVICE: WORD }`, and the number that the kernel takes for each word. */
export interface SysctlField<Word extends string> {
  readonly file: Sysctl["file"];
  readonly field: Field<Entries<Word> | undefined, Entries<Word>>;
  readonly numbers: Readonly<Record<Word, number>>;
}

function sysctlField<const Words extends readonly [string, ...string[]]>(
  file: Sysctl["file"],
  words: Words,
  numbers: Readonly<Record<Words[number], number>>,
  doc: string,
): SysctlField<Words[number]> {
  const [first] = words;
  const example: Entries<Words[number]> = Object.fromEntries([["eth1", first]]);
  const schema: z.ZodType<Entries<Words[number]>, Entries<Words[number]>> = entriesOf<Words[number], Words[number]>(
    oneOf(words),
    `{ eth1: "${first}" }`,
    deviceSchema,
  );
  return {
    file,
    numbers,
    field: field({
      schema,
      settle: (entries: Entries<Words[number]>) => (Object.keys(entries).length === 0 ? undefined : entries),
      partial: true,
      doc,
      absent: "left as it is",
      example,
    }),
  };
}

const larger =
  "The kernel uses the larger number of `all` and the device's own: what could have no effect is refused, unless `all` is declared too.";

export const sysctlFields = {
  reversePathFilter: sysctlField(
    "rp_filter",
    ["loose", "off", "strict"],
    { off: 0, strict: 1, loose: 2 },
    `Whether the kernel drops packets whose source would be reached by another device (strict, 1), by none at all (loose, 2), or never (off, 0), by device. ${larger}`,
  ),
  arpIgnore: sysctlField(
    "arp_ignore",
    ["sameDevice", "any", "sameSubnet"],
    { any: 0, sameDevice: 1, sameSubnet: 2 },
    `For which of the host's addresses a device answers ARP: any of them (0), its own (1), its own if the asker is in the same subnet (2). ${larger}`,
  ),
  arpAnnounce: sysctlField(
    "arp_announce",
    ["best", "any", "sameSubnet"],
    { any: 0, sameSubnet: 1, best: 2 },
    `Which source address ARP requests of a device carry: any (0), one of the target's subnet if there is one (1), always the device's own (2). ${larger}`,
  ),
};
export const sysctlNames = ["reversePathFilter", "arpIgnore", "arpAnnounce"] as const;
