import type { Fields } from "../../soak/protocol";
import type { Profile } from "../profile";
import type { Subject } from "../subject";

/** A network namespace of the host that has its uplinks; the host keeps the management link, and a link between the two. */
const inner = `ip netns add inner
ip link add out0 type veth peer name in0 netns inner
ip link set out0 addrgenmode none up
ip addr add 10.99.0.1/24 dev out0
ip addr add fd00:99::1/64 dev out0 nodad
for device in eth0 eth1; do
  addresses=$(ip -o addr show dev $device scope global | awk '{ print $4 }')
  ip link set $device netns inner
  ip -n inner link set $device addrgenmode none up
  for address in $addresses; do case $address in *:*) ip -n inner addr add $address dev $device nodad ;; *) ip -n inner addr add $address dev $device ;; esac; done
done
ip -n inner link set lo up
ip -n inner link set in0 addrgenmode none up
ip -n inner addr add 10.99.0.2/24 dev in0
ip -n inner addr add fd00:99::2/64 dev in0 nodad
ip -n inner route add default via 198.18.64.1 dev eth0
`;

/** Through the host's own sshd, as a jump host. */
const throughTheHost = async ({ host }: Subject, address: string): Promise<Fields> => {
  const { user, privateKeyPath } = host.connection;
  return { host: address, user, privateKeyPath, hostKey: await host.hostKey(), proxy: host.connection };
};

const reached: Omit<Profile, "name" | "why"> = {
  suite: "bookworm",
  inner: "inner",
  client: "10.99.0.1",
  addresses: () => ["10.99.0.2", "fd00:99::2"],
  login: throughTheHost,
  weight: 0.5,
};

/** Booted hosts whose sessions are elsewhere than PID 1: in another network namespace, or with another PATH. */
export const namespaces: readonly Profile[] = [
  {
    ...reached,
    name: "sshd in ip netns exec",
    why: "the sessions are in another network namespace than systemd",
    boot: `${inner}ip netns exec inner /usr/sbin/sshd -o PidFile=none`,
    cannot: { replay: /network namespace/ },
  },
  {
    ...reached,
    name: "NetworkNamespacePath=",
    why: "as before, by systemd's own word for it",
    install: `printf '[Service]\\nNetworkNamespacePath=/run/netns/inner\\nExecStart=/usr/sbin/sshd -D -o PidFile=none\\n' >/etc/systemd/system/ssh-inner.service`,
    boot: `${inner}systemctl start ssh-inner.service`,
    cannot: { replay: /network namespace/ },
  },
  {
    name: "ip outside of systemd's PATH",
    why: "as on NixOS and Guix, or with an iproute2 of one's own: services do not find it, logins do",
    suite: "bookworm",
    // Nothing there brings up links by that name of `ip` either.
    install:
      "systemctl mask --quiet networking.service; mkdir -p /opt/net/bin && mv $(realpath $(command -v ip)) /opt/net/bin/ip && rm -f /sbin/ip /bin/ip",
    sshd: { SetEnv: "PATH=/opt/net/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
    weight: 0.5,
  },
];
