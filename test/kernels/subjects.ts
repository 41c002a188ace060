import type { Host } from "../lab/lab";
import { clientBy, type Vm } from "../lab/vm/vm";
import type { Subject } from "./lifeCycle";

const uplink = { dev: "up0", address: "198.18.1.2", gateway: "198.18.1.1" } as const;

/** A virtual machine itself, with an uplink that leads nowhere. */
export async function asHost(vm: Vm): Promise<Subject> {
  // Without addresses of IPv6, which would come a little later by themselves.
  await vm.exec(
    [
      `link add ${uplink.dev} type veth peer name far`,
      ...[uplink.dev, "far"].flatMap((dev) => [`link set ${dev} addrgenmode none`, `link set ${dev} up`]),
      `address add ${uplink.address}/24 dev ${uplink.dev}`,
    ]
      .map((words) => `ip ${words}`)
      .join(" && "),
  );
  return { connection: { ...vm.connection(2) }, client: clientBy(2), uplink, exec: (command) => vm.exec(command) };
}

export const managementVrf = "mg";

/** The same, reached by a device of a VRF. */
export async function inVrf(vm: Vm): Promise<Subject> {
  await vm.exec(
    `ip link add ${managementVrf} type vrf table 1001 && ip link set ${managementVrf} up && ip link set mgmt3 master ${managementVrf} && printf 1 >/proc/sys/net/ipv4/tcp_l3mdev_accept`,
  );
  return {
    connection: { ...vm.connection(3) },
    client: clientBy(3),
    uplink: { dev: "mgmt3", address: "10.0.3.15", gateway: clientBy(3) },
    exec: (command) => vm.exec(command),
  };
}

/** A host of the lab, on this machine's kernel. */
export const ofLab = (host: Host): Subject => {
  const [, { device, address, gateway }] = host.uplinks;
  return {
    connection: { ...host.connection },
    client: host.controller,
    uplink: { dev: device, address, gateway },
    exec: (command) => host.exec(command),
  };
};
