// Who leases the address of a booted host's second uplink. The first one is as the program that declares it knows it.
import type { BootedHost, Suite } from "../lab/booted/booted";
import { put } from "./managers";

export interface Client {
  readonly name: string;
  /** In the names of hosts. */
  readonly short: Name;
  /** It is no part of every booted host. */
  readonly isExtra?: true;
  /** Takes the links over from the next boot on. */
  install(host: BootedHost): Promise<void>;
  /** A command that makes it ask for its lease again, where it does not at the times that the server names. */
  ask?(suite: Suite): string | undefined;
  /** A command behind which it makes its default route by another gateway, where it does not at a renewal. */
  readonly gatewayAgain?: string;
}

const networkd: Client = {
  name: "systemd-networkd",
  short: "networkd",
  install: async (host) => {
    const [{ device, address, gateway }] = host.uplinks;
    await put(
      host,
      `/etc/systemd/network/10-${device}.network`,
      `[Match]\nName=${device}\n[Network]\nAddress=${address}/18\nGateway=${gateway}\nIPv6AcceptRA=no\n`,
    );
    await put(host, "/etc/systemd/network/10-eth1.network", "[Match]\nName=eth1\n[Network]\nDHCP=ipv4\nIPv6AcceptRA=yes\n");
    await host.exec("systemctl enable --quiet systemd-networkd.service 2>&1");
  },
};

const networkManager: Client = {
  name: "NetworkManager",
  short: "nm",
  ask: (suite) => (suite === "bullseye" ? "nmcli --wait 20 connection up eth1" : undefined), // 1.30
  install: async (host) => {
    const [{ device, address, gateway }] = host.uplinks;
    const connection = (name: string, sections: string): Promise<void> =>
      put(
        host,
        `/etc/NetworkManager/system-connections/${name}.nmconnection`,
        `[connection]\nid=${name}\ntype=ethernet\ninterface-name=${name}\n${sections}`,
      );
    await put(host, "/etc/NetworkManager/conf.d/lab.conf", "[keyfile]\nunmanaged-devices=interface-name:mgmt\n");
    await connection(device, `[ipv4]\nmethod=manual\naddress1=${address}/18,${gateway}\n[ipv6]\nmethod=disabled\n`);
    await connection("eth1", "[ipv4]\nmethod=auto\nroute-metric=700\n[ipv6]\nmethod=auto\nroute-metric=700\n");
    await host.exec("systemctl unmask --quiet NetworkManager.service NetworkManager-dispatcher.service");
    await host.exec("systemctl enable --quiet NetworkManager.service 2>&1");
  },
};

/** A client that ifupdown starts: it takes the first one of those that it knows. */
const underIfupdown = (name: string, short: Name, more: Partial<Client> & { readonly primary?: string } = {}): Client => ({
  name: `${name} under ifupdown`,
  short,
  isExtra: true,
  install: async (host) => {
    const [{ device, address, gateway }] = host.uplinks;
    for (const other of ["/sbin/dhclient", "/sbin/udhcpc", "/sbin/dhcpcd", "/usr/sbin/dhcpcd"])
      if (!other.endsWith(`/${short}`)) await host.exec(`[ ! -e ${other} ] || mv ${other} ${other}.away`);
    await put(
      host,
      "/etc/network/interfaces.d/uplinks",
      `auto ${device} eth1\niface ${device} inet static\n  address ${address}/18\n  gateway ${gateway}\n${more.primary ?? ""}iface eth1 inet dhcp\n  metric 700\n`,
    );
    await host.exec("systemctl enable --quiet networking.service 2>&1");
  },
  ...more,
});

const names = ["networkd", "nm", "dhclient", "dhcpcd", "udhcpc"] as const;
type Name = (typeof names)[number];

const all: readonly Client[] = [
  networkd,
  networkManager,
  // Its script looks at a gateway only with an address that is new.
  underIfupdown("ISC dhclient", "dhclient", { gatewayAgain: "ifdown eth1 2>&1; ifup eth1 2>&1" }),
  underIfupdown("dhcpcd", "dhcpcd"),
  // It asks at half its lease, whatever the server says; and its script knows no metric, so there must be no other default of metric 0.
  underIfupdown("udhcpc", "udhcpc", { ask: () => "kill -USR1 $(cat /run/udhcpc.eth1.pid)", primary: "  metric 700\n" }),
];

/** Who is tried: POLICY_ROUTING_CLIENTS, separated by blanks, or those that every booted host has. */
export const clients: readonly Client[] = all.filter(({ short }) =>
  (process.env["POLICY_ROUTING_CLIENTS"] ?? "networkd nm").split(/\s+/).includes(short),
);
