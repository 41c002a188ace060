// Who manages the links of a booted host, and what happens to it there: the rows of the table that the tests of persistence print.
import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Uplink } from "../lab/addresses";
import type { BootedHost } from "../lab/booted/booted";
import { DhcpServer } from "../lab/dhcp";
import { until } from "../lab/until";
import { ours } from "./held";

export interface Event {
  readonly name: string;
  /** Seconds within which everything of ours is there again. */
  readonly within: number;
  /** Happens in the life of every host, again and again: repeated more than the others where that is asked for. */
  readonly often?: true;
  happen(host: BootedHost): Promise<void>;
}

export interface Manager {
  readonly name: string;
  /** Takes the links over, for this boot and the next ones. */
  install(host: BootedHost): Promise<void>;
  /** A command that succeeds once it has done what it does after a boot or an event. */
  readonly settled: string;
  readonly events: readonly Event[];
  /** Events that the backend `ifupdown` hears of, and those of `rc-local`. */
  readonly heard: { readonly ifupdown: readonly string[]; readonly "rc-local": readonly string[] };
}

/** A carrier loss shorter than this is not noticed by everybody. */
const carrierLoss = 5_000;

export const put = async (host: BootedHost, path: string, text: string): Promise<void> => {
  await host.exec(`mkdir -p ${path.slice(0, path.lastIndexOf("/"))}`);
  await writeFile(await host.file(path), text, { mode: path.endsWith(".nmconnection") ? 0o600 : 0o644 });
};

const boot: Event = { name: "reboot", within: 5, happen: (host) => host.reboot() };
const bootWithDeadUplink: Event = {
  name: "boot with a dead uplink",
  within: 5,
  happen: async (host) => {
    await host.reboot({ dead: [0] });
  },
};
/** The kernel keeps IPv4 addresses over a link's way down, and forgets IPv6 ones: whoever manages the link sets these again. */
const withAddress6 = ({ address6, device }: Uplink): string =>
  `for address in ${address6} fe80::2; do ip addr replace $address/64 dev ${device} nodad; done`;
const flap = (after: (uplink: Uplink) => string): Event => ({
  name: "link down and up",
  within: 2,
  happen: async (host) => {
    const [, uplink] = host.uplinks;
    await host.exec(`ip link set ${uplink.device} down; ip link set ${uplink.device} up; ${after(uplink)}`);
  },
});
const carrier: Event = {
  name: "no carrier for 5 s",
  within: 5,
  happen: async (host) => {
    await host.carrier(1, "down");
    await sleep(carrierLoss);
    await host.carrier(1, "up");
  },
};
const command = (name: string, text: string, within = 5): Event => ({
  name,
  within,
  happen: async (host) => {
    await host.exec(text);
  },
});

const kernelAlone: Manager = {
  name: "nobody",
  install: async () => {},
  settled: ":",
  events: [
    { ...boot, often: true },
    { ...flap(withAddress6), often: true },
    {
      name: "address removed and added",
      within: 2,
      happen: async (host) => {
        const [, { address, device }] = host.uplinks;
        await host.exec(`ip addr del ${address}/18 dev ${device}; ip addr add ${address}/18 dev ${device}`);
      },
    },
    carrier,
    command("rules flushed", "ip rule flush proto 214; ip -6 rule flush proto 214"),
  ],
  heard: { ifupdown: [], "rc-local": ["reboot"] },
};

const addressed = "ip -4 addr show dev eth1 | grep -q 198.18.128. && ip -6 addr show dev eth1 -tentative | grep -q 2001:db8:2::";

/** Writes a file for every uplink, and boots with these links bare. */
async function takeOver(host: BootedHost, service: string, file: (uplink: Uplink, isFirst: boolean) => [string, string]): Promise<void> {
  for (const uplink of host.uplinks) await put(host, ...file(uplink, uplink === host.uplinks[0]));
  await host.exec(`systemctl enable --quiet ${service} 2>&1`);
  host.uplinksAtBoot = "bare";
  await host.reboot();
}

const networkd: Manager = {
  name: "systemd-networkd",
  install: (host) =>
    takeOver(host, "systemd-networkd.service", ({ device, address, address6, gateway }, isFirst) => [
      `/etc/systemd/network/10-${device}.network`,
      `[Match]\nName=${device}\n[Network]\nAddress=${address}/18\nAddress=${address6}/64\nIPv6AcceptRA=no\n${isFirst ? `Gateway=${gateway}\n` : ""}`,
    ]),
  settled: `networkctl --no-legend list eth1 | grep -q configured && ${addressed}`,
  events: [
    boot,
    bootWithDeadUplink,
    flap(() => ":"),
    carrier,
    command("networkctl reload", "networkctl reload"),
    command("networkctl reconfigure", "networkctl reconfigure eth1"),
    command("networkd restarted", "systemctl restart systemd-networkd"),
  ],
  heard: { ifupdown: [], "rc-local": ["reboot"] },
};

/** The address of the second uplink is leased. What has no source of its own does not wait for the same address. */
const leased = (): Manager => {
  let server: DhcpServer | undefined;
  const renewed = async (host: BootedHost, address: string, other?: string): Promise<void> => {
    const before = await server?.leased();
    const look = async (): Promise<true | undefined> => {
      const seen = await host.exec("ip -4 addr show dev eth1");
      return (await server?.leased()) !== before && seen.includes(` ${address}/`) && !seen.includes(` ${other}/`) ? true : undefined;
    };
    await until(`the lease of ${address}`, look, 30_000);
  };
  const otherAddress: Event = {
    name: "DHCP gives another address, then the same again",
    within: 5,
    happen: async (host) => {
      const [, { address }] = host.uplinks;
      const other = address.replace(/\d+$/, "77");
      await server?.lease(other);
      await renewed(host, other, address);
      await until("what needs no lost address", async () => ((await ours(host)).includes("id 7 via") ? true : undefined), 5_000);
      await server?.lease(address);
      await renewed(host, address, other);
    },
  };
  return {
    name: "systemd-networkd, DHCP",
    install: async (host) => {
      const [, { prefix, address }] = host.uplinks;
      const [network = ""] = prefix.split("/");
      const mac = (await host.exec("cat /sys/class/net/eth1/address")).trim();
      server = new DhcpServer(host.provider(1), host.directory, { mac, network });
      await server.lease(address);
      await takeOver(host, "systemd-networkd.service", ({ device, address: v4, address6, gateway }, isFirst) => [
        `/etc/systemd/network/10-${device}.network`,
        `[Match]\nName=${device}\n[Network]\nAddress=${address6}/64\nIPv6AcceptRA=no\n${
          isFirst ? `Address=${v4}/18\nGateway=${gateway}\n` : "DHCP=ipv4\n"
        }`,
      ]);
    },
    settled: networkd.settled,
    events: [
      boot,
      { name: "DHCP renewal", within: 5, happen: async (host) => renewed(host, host.uplinks[1].address) },
      // Only where it is asked for: of an address that comes again this client (252) may say "acquired" and set none, which looks like our miss.
      ...(process.env["POLICY_ROUTING_OFTEN"] === undefined ? [] : [otherAddress]),
    ],
    heard: { ifupdown: [], "rc-local": [] },
  };
};

const ifupdown: Manager = {
  name: "ifupdown",
  install: (host) =>
    takeOver(host, "networking.service", ({ device, address, address6, gateway }, isFirst) => [
      `/etc/network/interfaces.d/${device}`,
      `auto ${device}\niface ${device} inet static\n  address ${address}/18\n${isFirst ? `  gateway ${gateway}\n` : ""}iface ${device} inet6 static\n  address ${address6}/64\n`,
    ]),
  settled: addressed,
  events: [boot, command("ifdown and ifup", "ifdown eth1; ifup eth1")],
  heard: { ifupdown: ["reboot", "ifdown and ifup"], "rc-local": ["reboot"] },
};

const networkManager: Manager = {
  name: "NetworkManager",
  install: async (host) => {
    await put(host, "/etc/NetworkManager/conf.d/lab.conf", "[keyfile]\nunmanaged-devices=interface-name:mgmt\n");
    await host.exec("systemctl unmask --quiet NetworkManager.service NetworkManager-dispatcher.service");
    await takeOver(host, "NetworkManager.service", ({ device, address, address6, gateway }, isFirst) => [
      `/etc/NetworkManager/system-connections/${device}.nmconnection`,
      [
        `[connection]\nid=${device}\ntype=ethernet\ninterface-name=${device}`,
        `[ipv4]\nmethod=manual\naddress1=${address}/18${isFirst ? `,${gateway}` : ""}`,
        `[ipv6]\nmethod=manual\naddress1=${address6}/64\n`,
      ].join("\n"),
    ]);
  },
  settled: `nmcli -t -f DEVICE,STATE device | grep -q '^eth1:connected' && ${addressed}`,
  events: [
    boot,
    flap(() => ":"),
    command("nmcli connection up", "nmcli connection up eth1"),
    command("nmcli device reapply", "nmcli device reapply eth1"),
    command("NetworkManager restarted", "systemctl restart NetworkManager"),
  ],
  heard: { ifupdown: [], "rc-local": [] },
};

const netplan: Manager = {
  name: "netplan",
  install: (host) =>
    takeOver(host, "systemd-networkd.service", ({ device, address, address6, gateway }, isFirst) => [
      `/etc/netplan/10-${device}.yaml`,
      `network:\n  version: 2\n  ethernets:\n    ${device}:\n      addresses: [${address}/18, "${address6}/64"]\n${
        isFirst ? `      routes: [{ to: 0.0.0.0/0, via: ${gateway} }]\n` : ""
      }`,
    ]),
  settled: networkd.settled,
  events: [boot, command("netplan generate, networkd restarted", "netplan generate && systemctl restart systemd-networkd")],
  heard: { ifupdown: [], "rc-local": [] },
};

export const managers: readonly Manager[] = [kernelAlone, networkd, leased(), ifupdown, networkManager, netplan];
