import type { z } from "zod";
import { type Field, field } from "./attribute";
import { type Entries, entriesOf } from "./entries";
import { deviceSchema, oneOf } from "./number";

/** What the kernel makes of a file of /proc/sys/net/ipv4/conf/DEVICE. */
interface SysctlFile {
  /** It uses the larger of that of `all` and the device's own; else the device's own alone. */
  readonly larger: boolean;
  /** The value that lets fewer packets through than the others: set behind all else, where the others are set before. */
  readonly tight?: number;
}

export const sysctlFiles = [
  "rp_filter",
  "arp_ignore",
  "arp_announce",
  "src_valid_mark",
  "accept_local",
  "route_localnet",
  "forwarding",
] as const;

const files: Readonly<Record<Sysctl["file"], SysctlFile>> = {
  rp_filter: { larger: true, tight: 1 },
  arp_ignore: { larger: true },
  arp_announce: { larger: true },
  src_valid_mark: { larger: true, tight: 1 },
  accept_local: { larger: true, tight: 0 },
  route_localnet: { larger: true, tight: 0 },
  forwarding: { larger: false, tight: 0 },
};
export const isLargerOfAll = ({ file }: Pick<Sysctl, "file">): boolean => files[file].larger;
export const tightens = ({ file, value }: Pick<Sysctl, "file" | "value">): boolean => files[file].tight === value;

/** A setting of a device under /proc/sys/net/ipv4/conf/DEVICE. */
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

interface Form<Words extends readonly [string, ...string[]]> {
  readonly words: Words;
  readonly numbers: Readonly<Record<Words[number], number>>;
  readonly doc: string;
}

function sysctlField<const Words extends readonly [string, ...string[]]>(
  file: Sysctl["file"],
  { words, numbers, doc }: Form<Words>,
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
      wrong: (entries: Entries<Words[number]>) =>
        isLargerOfAll({ file }) || entries["all"] === undefined ? undefined : "all would change that of every device: name the devices",
      partial: true,
      doc,
      absent: "left as it is",
      example,
    }),
  };
}

const larger =
  "The kernel uses the larger number of `all` and the device's own: what could have no effect is refused, unless `all` is declared too.";
const onOff = { words: ["on", "off"], numbers: { off: 0, on: 1 } } as const;

export const sysctlFields = {
  reversePathFilter: sysctlField("rp_filter", {
    words: ["loose", "off", "strict"],
    numbers: { off: 0, strict: 1, loose: 2 },
    doc: `Whether the kernel drops packets whose source would be reached by another device (strict, 1), by none at all (loose, 2), or never (off, 0), by device. ${larger}`,
  }),
  arpIgnore: sysctlField("arp_ignore", {
    words: ["sameDevice", "any", "sameSubnet"],
    numbers: { any: 0, sameDevice: 1, sameSubnet: 2 },
    doc: `For which of the host's addresses a device answers ARP: any of them (0), its own (1), its own if the asker is in the same subnet (2). ${larger}`,
  }),
  arpAnnounce: sysctlField("arp_announce", {
    words: ["best", "any", "sameSubnet"],
    numbers: { any: 0, sameSubnet: 1, best: 2 },
    doc: `Which source address ARP requests of a device carry: any (0), one of the target's subnet if there is one (1), always the device's own (2). ${larger}`,
  }),
  srcValidMark: sysctlField("src_valid_mark", {
    ...onOff,
    doc: `Whether the way back to a packet's source is looked up with the packet's mark (on, 1), by device: for tunnels whose own packets are marked. Beside a transparent proxy it makes the kernel drop its clients' packets. ${larger}`,
  }),
  acceptLocal: sysctlField("accept_local", {
    ...onOff,
    doc: `Whether a device takes packets whose source is an address of the host itself (on, 1). ${larger}`,
  }),
  routeLocalnet: sysctlField("route_localnet", {
    ...onOff,
    doc: `Whether packets to 127.0.0.0/8 may come in by a device and leave by it (on, 1). ${larger}`,
  }),
  forwarding: sysctlField("forwarding", {
    ...onOff,
    doc: "Whether IPv4 packets that come in by a device are forwarded (on, 1). By device alone: `all` is refused, it would change that of every device.",
  }),
};

/** A setting as it is declared. */
export interface DeclaredSysctl extends Sysctl {
  /** The field that declares it. */
  readonly field: string;
  /** The value that is declared for `all` beside it. */
  readonly all: number | undefined;
  /** As the field says a value; undefined for one that it has no word for. */
  wordOf(value: number): string | undefined;
}

/** What one field declares, by device. */
export function declaredIn<Word extends string>(
  field: string,
  { file, numbers }: SysctlField<Word>,
  entries: Entries<Word> | undefined = {},
): DeclaredSysctl[] {
  const all = entries["all"];
  return Object.entries(entries).map(([device, word]) => ({
    field,
    file,
    device,
    value: numbers[word],
    all: all === undefined ? undefined : numbers[all],
    wordOf: (value) => Object.entries(numbers).find(([, number]) => number === value)?.[0],
  }));
}
