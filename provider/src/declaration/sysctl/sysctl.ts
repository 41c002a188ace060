/** What the kernel makes of the settings of one name, each a file below /proc/sys/net. */
interface SysctlFile {
  /** In the place of `*` stands the device, or what else tells settings of this name apart. */
  readonly path: string;
  /** It uses the larger of that of `all` and the device's own; else the device's own alone. */
  readonly larger?: true;
  /** The value that lets fewer packets through than the others: set behind all else, where the others are set before. */
  readonly tight?: number;
  /** A change of that of `all` writes it to every device, and the opposite of it to that of `all` of these. */
  readonly spreads?: { readonly opposite: readonly SysctlName[] };
}

export type SysctlName =
  | "rp_filter"
  | "arp_ignore"
  | "arp_announce"
  | "src_valid_mark"
  | "accept_local"
  | "route_localnet"
  | "forwarding"
  | "ipv6_forwarding"
  | "l3mdev_accept"
  | "fib_multipath_hash_policy"
  | "accept_redirects"
  | "accept_ra";

const files: Readonly<Record<SysctlName, SysctlFile>> = {
  rp_filter: { path: "ipv4/conf/*/rp_filter", larger: true, tight: 1 },
  arp_ignore: { path: "ipv4/conf/*/arp_ignore", larger: true },
  arp_announce: { path: "ipv4/conf/*/arp_announce", larger: true },
  src_valid_mark: { path: "ipv4/conf/*/src_valid_mark", larger: true, tight: 1 },
  accept_local: { path: "ipv4/conf/*/accept_local", larger: true, tight: 0 },
  route_localnet: { path: "ipv4/conf/*/route_localnet", larger: true, tight: 0 },
  forwarding: { path: "ipv4/conf/*/forwarding", tight: 0, spreads: { opposite: ["accept_redirects"] } },
  ipv6_forwarding: { path: "ipv6/conf/*/forwarding", tight: 0, spreads: { opposite: [] } },
  l3mdev_accept: { path: "ipv4/*_l3mdev_accept" },
  fib_multipath_hash_policy: { path: "*/fib_multipath_hash_policy" },
  // Nobody declares these: a change of others sets or needs them.
  accept_redirects: { path: "ipv4/conf/*/accept_redirects" },
  accept_ra: { path: "ipv6/conf/*/accept_ra" },
};
const names = Object.keys(files).filter((name): name is SysctlName => name in files);

/** A line a name, with its path below /proc/sys/net: for the scripts on hosts. */
export const sysctlPaths: readonly string[] = names.map((name) => `${name} ${files[name].path}`);

/** A name whose value of `all` the kernel writes to every device, and those to which it writes the opposite: for the same. */
export const sysctlSpreads: readonly string[] = names.flatMap((name) => {
  const { spreads } = files[name];
  return spreads === undefined ? [] : [[name, ...spreads.opposite].join(" ")];
});

export const isLargerOfAll = ({ file }: Pick<Sysctl, "file">): boolean => files[file].larger === true;
export const isOfDevices = ({ file }: Pick<Sysctl, "file">): boolean => files[file].path.includes("/conf/*/");
export const tightens = ({ file, value }: Pick<Sysctl, "file" | "value">): boolean => files[file].tight === value;
export const spreadOf = ({ file }: Pick<Sysctl, "file">): SysctlFile["spreads"] => files[file].spreads;

/** A number under /proc/sys/net. */
export interface Sysctl {
  readonly file: SysctlName;
  /** The device, `all` or `default`; of a setting of the host `tcp`, `udp`, `ipv4`, `ipv6`. */
  readonly device: string;
  readonly value: number;
}

export const sysctlKey = ({ file, device }: Pick<Sysctl, "file" | "device">): string => `sysctl ${file} ${device}`;

/** What a key is about; undefined for that of another kind. */
export function parseSysctlKey(key: string): Pick<Sysctl, "file" | "device"> | undefined {
  const [, name, device] = /^sysctl (\S+) (\S+)$/.exec(key) ?? [];
  const file = names.find((one) => one === name);
  return file === undefined || device === undefined ? undefined : { file, device };
}

/** Below /proc/sys. */
export const sysctlPath = ({ file, device }: Pick<Sysctl, "file" | "device">): string =>
  `net/${files[file].path.replace("*", () => device)}`;

/** As `sysctl` names it: a dot in a device's name is a slash there, `net.ipv4.conf.eth0/7.rp_filter`. */
export const sysctlName = ({ file, device }: Pick<Sysctl, "file" | "device">): string =>
  `net.${files[file].path.replaceAll("/", ".").replace("*", () => device.replaceAll(".", "/"))}`;

const patterns = names.map((file) => ({
  file,
  pattern: new RegExp(`^/proc/sys/net/${files[file].path.replace("*", "([^/]+)")} ([0-9]+)$`),
}));

/** Of a line `/proc/sys/net/ipv4/conf/DEVICE/FILE VALUE`; undefined for any other. */
export function sysctlIn(line: string): Sysctl | undefined {
  for (const { file, pattern } of patterns) {
    const [, device, value] = pattern.exec(line) ?? [];
    if (device !== undefined) return { file, device, value: Number(value) };
  }
  return undefined;
}
