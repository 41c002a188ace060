// How the second uplink of a booted host is written down for its manager, with the rule and the routes that are taken over, and without.
import type { Uplink } from "../lab/addresses";

export interface Way {
  readonly manager: string;
  /**
   * The file of the second uplink, with or without the lines that make its rule and routes; `priority` is what its rule says of that, in the
   * manager's words: nothing, but for systemd 247, which puts such a rule at 0, where none of ours can stand.
   */
  file(uplink: Uplink, isWhole: boolean, priority: string): readonly [path: string, text: string];
  /** Its lines, as adopt names them. */
  readonly named: RegExp;
  /** Whether adopt has a command that makes its manager read the file again. */
  readonly isRead: boolean;
}

const networkdFile = (
  { device, address, address6, prefix, gateway }: Uplink,
  isWhole: boolean,
  priority: string,
): readonly [string, string] => [
  `/etc/systemd/network/10-${device}.network`,
  `[Match]\nName=${device}\n[Network]\nAddress=${address}/18\nAddress=${address6}/64\nIPv6AcceptRA=no\n${
    isWhole
      ? `[Route]\nDestination=${prefix}\nScope=link\nPreferredSource=${address}\nTable=102\n[Route]\nGateway=${gateway}\nTable=102\n[RoutingPolicyRule]\nFrom=${address}\nTable=102\n${priority === "" ? "" : `Priority=${priority}\n`}`
      : ""
  }`,
];

export const ways: readonly Way[] = [
  {
    manager: "ifupdown",
    file: ({ device, address, address6, prefix, gateway }, isWhole) => [
      `/etc/network/interfaces.d/${device}`,
      `auto ${device}\niface ${device} inet static\n  address ${address}/18\n${
        isWhole
          ? [
              `route add ${prefix} dev ${device} src ${address} table 102`,
              `route add default via ${gateway} dev ${device} table 102`,
              `rule add from ${address} table 102`,
            ]
              .map((line) => `  post-up ip ${line}\n`)
              .join("")
          : ""
      }iface ${device} inet6 static\n  address ${address6}/64\n`,
    ],
    named: /\/etc\/network\/interfaces\.d\/eth1:4-6\s/,
    isRead: false,
  },
  {
    manager: "systemd-networkd",
    file: networkdFile,
    named: /\/etc\/systemd\/network\/10-eth1\.network:7-1[78]\s/,
    isRead: true,
  },
  {
    manager: "NetworkManager",
    file: ({ device, address, address6, prefix, gateway }, isWhole) => [
      `/etc/NetworkManager/system-connections/${device}.nmconnection`,
      [
        `[connection]\nid=${device}\ntype=ethernet\ninterface-name=${device}`,
        `[ipv4]\nmethod=manual\naddress1=${address}/18`,
        ...(isWhole
          ? [
              `route1=${prefix}\nroute1_options=table=102,src=${address}\nroute2=0.0.0.0/0,${gateway}\nroute2_options=table=102\nrouting-rule1=priority 1000 from ${address} table 102`,
            ]
          : []),
        `[ipv6]\nmethod=manual\naddress1=${address6}/64\n`,
      ].join("\n"),
    ],
    named: /\/etc\/NetworkManager\/system-connections\/eth1\.nmconnection:8, 10, 12\s/,
    isRead: true,
  },
  {
    manager: "netplan",
    file: ({ device, address, address6, prefix, gateway }, isWhole, priority) => [
      `/etc/netplan/10-${device}.yaml`,
      `network:\n  version: 2\n  ethernets:\n    ${device}:\n      addresses: [${address}/18, "${address6}/64"]\n${
        isWhole
          ? `      routes:\n        - { to: ${prefix}, scope: link, from: ${address}, table: 102 }\n        - { to: 0.0.0.0/0, via: ${gateway}, table: 102 }\n      routing-policy:\n        - { from: ${address}, table: 102${priority === "" ? "" : `, priority: ${priority}`} }\n`
          : ""
      }`,
    ],
    named: /\/etc\/netplan\/10-eth1\.yaml:7-8, 10\s/,
    isRead: true,
  },
];

/** The commands that adopt printed below the lines that are to go. */
export const readAgain = (printed: string): string[] => {
  const [, told = ""] = /# remove there.*\n((?:#.*\n)*?)# notes/.exec(printed) ?? [];
  return [...told.matchAll(/^# {3}- (.*)$/gm)].map(([, command = ""]) => command);
};
