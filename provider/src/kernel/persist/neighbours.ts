import type { Coexist } from "../../declaration/coexist";

/** Who else on a host makes and removes rules and routes, as sh/neighbours.sh tells it. */
export interface Neighbours {
  /** What systemd-networkd is told about what it did not make; undefined where it does not run. */
  readonly networkd: Networkd | undefined;
  readonly networkManager: boolean;
  readonly agents: readonly string[];
}

interface Networkd {
  readonly version: number;
  readonly manages: { readonly rules: boolean; readonly routes: boolean; readonly nexthops: boolean };
}

/**
 * The keys of networkd.conf that keep it from removing what it did not make, the versions of systemd that know them, and those that remove
 * at all: 247 was seen to keep rules and next hops (but for rules that its own files made before, see `takeover/readAgain`), 252 and 257 to
 * remove them.
 */
export const foreignKeys = [
  { what: "rules", key: "ManageForeignRoutingPolicyRules", removes: 248, since: 249 },
  { what: "routes", key: "ManageForeignRoutes", removes: 0, since: 246 },
  { what: "nexthops", key: "ManageForeignNextHops", removes: 248, since: 256 },
] as const;

/** What is known of agents: by which files they are found, which rules they make, and what they do to those of others. */
export const agents: Readonly<Record<string, { readonly files: readonly string[]; readonly does: string }>> = {
  "amazon-ec2-net-utils": {
    files: ["/usr/bin/setup-policy-routes", "/usr/sbin/setup-policy-routes"],
    does: "makes rules from priority 10000 on and removes other rules and routes of its devices, every minute",
  },
  "google-guest-agent": {
    files: ["/usr/bin/google_guest_agent"],
    does: "sets routes of secondary devices (proto 66) anew at its restart",
  },
  "cloud-netconfig": {
    files: ["/usr/lib/systemd/system/cloud-netconfig.service"],
    does: "makes a table and rules for each device, and looks every minute",
  },
  "oci-utils": { files: ["/usr/sbin/oci-network-config"], does: "makes tables ort<N> and rules for secondary devices" },
  tailscale: { files: ["/run/tailscale/tailscaled.sock"], does: "makes rules of priority 5210 to 5270 and table 52" },
  netbird: { files: ["/run/netbird.sock"], does: "makes rules of priority 100 to 110" },
  cilium: { files: ["/run/cilium/cilium.sock"], does: "makes rules of priority 9 to 111" },
};

export function parseNeighbours(text: string): Neighbours {
  const [, version, rules, routes, nexthops] = /^networkd (\d+) (\S+) (\S+) (\S+)$/m.exec(text) ?? [];
  const isTrue = (value: string | undefined): boolean => !/^(no|n|false|f|off|0)$/i.test(value ?? "");
  return {
    networkd:
      version === undefined
        ? undefined
        : { version: Number(version), manages: { rules: isTrue(rules), routes: isTrue(routes), nexthops: isTrue(nexthops) } },
    networkManager: /^NetworkManager$/m.test(text),
    agents: [...new Set([...text.matchAll(/^agent (\S+)$/gm)].flatMap(([, name]) => name ?? []))],
  };
}

/** What a person should hear about the neighbours. `watched`: a service on the host puts back what they remove. */
export function adviceOn(
  { networkd, networkManager, agents: found }: Neighbours,
  coexist: Coexist | undefined,
  watched: boolean,
): string[] {
  if (coexist === "ignore") return [];
  const remedy = watched ? "policy-routing.service puts it back" : 'nothing puts it back: persist: "systemd" would';
  return [
    ...(networkd === undefined ? [] : adviceOnNetworkd(networkd, coexist, remedy)),
    ...(networkManager && !watched
      ? [`NetworkManager removes the routes of a device, in all tables, whenever it brings it up; ${remedy}`]
      : []),
    ...found.map((name) => `${name} runs on this host: it ${agents[name]?.does ?? "makes rules and routes of its own"}; ${remedy}`),
  ];
}

function adviceOnNetworkd({ version, manages }: Networkd, coexist: Coexist | undefined, remedy: string): string[] {
  const open = foreignKeys.filter(({ what, removes }) => version >= removes && manages[what]);
  const missing = coexist === "configure" ? [] : open.filter(({ since }) => version >= since).map(({ key }) => `${key}=no`);
  const unknown = open.filter(({ since }) => version < since).map(({ what }) => what);
  if (missing.length + unknown.length === 0) return [];
  const what = open.map((one) => one.what).join(", ");
  const removes = `systemd-networkd ${version} removes ${what} that it did not make, at networkctl reconfigure and in part at its restart`;
  return [
    [
      removes,
      ...(missing.length === 0
        ? []
        : [
            `to keep it from that, write [Network] ${missing.join(" ")} (a line each) to /etc/systemd/networkd.conf.d/policy-routing.conf, or set coexist: "configure"`,
          ]),
      ...(unknown.length === 0 ? [] : [`for ${unknown.join(" and ")} this version has no such key`]),
      remedy,
    ].join("; "),
  ];
}
