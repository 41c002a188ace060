import type { Network } from "./network";

/** What decides about IPv4 packets that come in by a device; undefined: it was not read. */
const names = ["rp_filter", "accept_local", "src_valid_mark", "route_localnet", "forwarding"] as const;

/** All of /proc/sys/net that a lookup asks for. */
export const packetSettings: readonly string[] = [
  ...names.map((name) => `ipv4/conf/*/${name}`),
  "ipv6/conf/*/forwarding",
  "*/conf/*/ignore_routes_with_linkdown",
  "*/fib_multipath_*",
];

export type DeviceSettings = Readonly<Record<(typeof names)[number], number | undefined>>;

/** The settings of devices, each put together once: a lookup asks for them with every packet. */
export class SettingsOfDevices {
  readonly #sysctls: Network["sysctls"];
  readonly #known = new Map<string, DeviceSettings>();

  constructor({ sysctls }: Network) {
    this.#sysctls = sysctls;
  }

  /** `all` is one of them. */
  of(dev: string): DeviceSettings {
    const known = this.#known.get(dev);
    if (known !== undefined) return known;
    const of = (name: (typeof names)[number]): number | undefined => this.#sysctls?.[`net.ipv4.conf.${dev}.${name}`];
    const settings = {
      rp_filter: of("rp_filter"),
      accept_local: of("accept_local"),
      src_valid_mark: of("src_valid_mark"),
      route_localnet: of("route_localnet"),
      forwarding: of("forwarding"),
    };
    this.#known.set(dev, settings);
    return settings;
  }
}
