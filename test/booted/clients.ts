// Who leases the address of a booted host's second uplink. The first one is as the program that declares it knows it.
import type { BootedHost, Suite } from "../lab/booted/booted";
import { put } from "./managers";

export interface Client {
  readonly name: string;
  /** In the names of hosts. */
  readonly short: string;
  /** Takes the links over from the next boot on. */
  install(host: BootedHost): Promise<void>;
  /** A command that makes it ask for its lease again, where it does not at the times that the server names. */
  ask?(suite: Suite): string | undefined;
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

export const clients: readonly Client[] = [networkd, networkManager];
