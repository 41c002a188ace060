import { type Field, field } from "../attribute";
import { type Entries, entriesOf } from "../entries";
import { deviceSchema, oneOf } from "../number";
import { z } from "../zod";
import type { Sysctl } from "./sysctl";

/** A field `{ DEVICE: WORD }`, or of the host `{ tcp: WORD }`, and the number that the kernel takes for each word. */
export interface SysctlField<Word extends string> extends Field<Entries<Word> | undefined, Entries<Word>> {
  readonly file: Sysctl["file"];
  readonly numbers: Readonly<Record<Word, number>>;
}

interface Form<Words extends readonly [string, ...string[]]> {
  readonly words: Words;
  readonly numbers: Readonly<Record<Words[number], number>>;
  readonly doc: string;
  /** What tells settings apart, where that is no device. */
  readonly labels?: readonly [string, ...string[]];
}

function sysctlField<const Words extends readonly [string, ...string[]]>(
  file: Sysctl["file"],
  { words, numbers, doc, labels }: Form<Words>,
): SysctlField<Words[number]> {
  const [first] = words;
  const [label = "eth1"] = labels ?? [];
  const example: Entries<Words[number]> = Object.fromEntries([[label, first]]);
  const schema: z.ZodType<Entries<Words[number]>, Entries<Words[number]>> = entriesOf<Words[number], Words[number]>(
    oneOf(words),
    `{ ${label}: "${first}" }`,
    labels === undefined ? deviceSchema : z.string().regex(new RegExp(`^(?:${labels.join("|")})$`), `expected ${labels.join(" or ")}`),
  );
  const said = field({
    schema,
    settle: (entries: Entries<Words[number]>) => (Object.keys(entries).length === 0 ? undefined : entries),
    partial: true,
    doc,
    absent: "left as it is",
    example,
  });
  return { ...said, file, numbers };
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
    doc: "Whether IPv4 packets that come in by a device are forwarded (on, 1). `all` is `net.ipv4.ip_forward`: the kernel writes it to every device, but those that are declared keep theirs.",
  }),
  ipv6Forwarding: sysctlField("ipv6_forwarding", {
    ...onOff,
    doc: "`all`: whether IPv6 packets are forwarded (on, 1); the kernel writes it to every device, but those that are declared keep theirs. Of a device, or of `default` for devices to come: whether it is a router's, which asks for no router. Refused where the kernel would drop the default route that a router advertises.",
  }),
  l3mdevAccept: sysctlField("l3mdev_accept", {
    ...onOff,
    labels: ["tcp", "udp"],
    doc: "Whether sockets that are bound to no VRF take what comes in by any (on, 1), by protocol: `net.ipv4.tcp_l3mdev_accept`, which is IPv6's too.",
  }),
  multipathHashPolicy: sysctlField("fib_multipath_hash_policy", {
    words: ["ports", "addresses", "inner", "fields"],
    numbers: { addresses: 0, ports: 1, inner: 2, fields: 3 },
    labels: ["ipv4", "ipv6"],
    doc: "By what flows are shared among several next hops: their addresses (0), ports too (1), the addresses inside a tunnel (2), what `net.ipv4.fib_multipath_hash_fields` says (3).",
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

type Name = keyof typeof sysctlFields;
type Words = { readonly [One in Name]: keyof (typeof sysctlFields)[One]["numbers"] };
type Declared = { readonly [One in Name]?: Entries<Words[One]> | undefined };
const byName: { readonly [One in Name]: SysctlField<Words[One]> } = sysctlFields;
const isName = (name: string): name is Name => Object.hasOwn(sysctlFields, name);

/** The settings that are declared, of devices and of the host. */
export const settingsIn = (values: Declared): DeclaredSysctl[] =>
  Object.keys(sysctlFields)
    .filter(isName)
    .flatMap((name) => settingsOf(name, values));

function settingsOf<One extends Name>(name: One, values: Declared): DeclaredSysctl[] {
  const { file, numbers } = byName[name];
  const entries: Entries<Words[One]> = values[name] ?? {};
  const all = entries["all"];
  return Object.entries(entries).map(([device, word]) => ({
    field: name,
    file,
    device,
    value: numbers[word],
    all: all === undefined ? undefined : numbers[all],
    wordOf: (value) => Object.entries(numbers).find(([, number]) => number === value)?.[0],
  }));
}
