import type { Host } from "../../lab/lab";
import type { Profile } from "../profile";

/** What `ip -6` says where the kernel has no IPv6: for a family that this kernel lacks, its own words; it reads no other's addresses. */
const withoutIpv6 = `#!/bin/sh
case " $* " in *' -6 '*) ;; *) exec ip.real "$@" ;; esac
for word in "$@"; do
  shift
  [ "$word" != -6 ] || word=-M
  set -- "$@" "$word"
done
case " $* " in *' -batch '*) ;; *) exec ip.real "$@" ;; esac
number=0 code=0
while read -r line; do
  number=$((number + 1))
  case $line in
    *' show'*) printf '%s\\n' "$line" | ip.real "$@" || code=1 ;;
    *)
      echo 'RTNETLINK answers: Operation not supported' >&2
      echo "Command failed -:$number" >&2
      code=1
      case " $* " in *' -force '*) ;; *) exit 1 ;; esac
      ;;
  esac
done
exit $code
`;

/** Two of IPv4 on the management link. */
const twoOfIpv4 = ({ address }: Host): readonly [string, string] => [
  address,
  address.replace(/[0-9]+$/, (last) => String(Number(last) + 100)),
];

/** Machines that lack something, or have another one's. */
export const machines: readonly Profile[] = [
  { name: "no machine-id", why: "as Alpine, Void, OpenWrt and many containers", machines: 2, boot: "rm -f /etc/machine-id" },
  {
    name: "clones",
    why: "two machines from one image, with one machine-id",
    machines: 2,
    install: "echo 0123456789abcdef0123456789abcdef >/etc/machine-id",
  },
  {
    name: "no IPv6",
    why: "as booted with ipv6.disable=1: the answers of ip -6 are this kernel's own for a family that it was built without (MPLS)",
    addresses: twoOfIpv4,
    programs: { "/usr/sbin/ip": withoutIpv6 },
    boot: `ip -4 -o addr show dev mgmt | awk '{ split($4, a, "[./]"); print "addr add " a[1] "." a[2] "." a[3] "." a[4] + 100 "/22 dev mgmt" }' | ip -batch -
      echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; mount -t tmpfs -o size=4k tmpfs /proc/sys/net/ipv6`,
    cannot: { ipv6: /IPv6/ },
  },
  {
    name: "full /run",
    why: "no byte is free in /run once the contract's resources stand",
    spoil: "cat /dev/zero >/run/.full 2>/dev/null || :",
    mend: "rm -f /run/.full",
    cannot: {
      names: /full/,
      ipv6: /full/,
      update: /full/,
      rollback: /full/,
      hold: /full/,
      rename: /full/,
      "cut-off": /full/,
      killed: /full/,
      drift: /full/,
      adopt: /full/,
    },
  },
  {
    name: "read-only /etc",
    why: "an image that cannot be written to: nothing survives there",
    boot: "mount --bind /etc /etc && mount -o remount,bind,ro /etc",
    cannot: { names: /Read-only file system/, replay: /Read-only file system/ },
  },
  {
    name: "/proc/uptime unreadable",
    why: "as in a container whose lxcfs died",
    boot: "mknod /run/nothing c 240 0 && mount --bind /run/nothing /proc/uptime",
  },
  {
    name: "/proc/uptime that fails",
    why: "lxcfs dies in mid-change, and the link goes down",
    strike: {
      cut: async ({ host }) => {
        await host.exec("mknod /run/nothing c 240 0 && mount --bind /run/nothing /proc/uptime");
        await host.linkDown();
      },
      mend: async ({ host }) => {
        await host.exec("umount /proc/uptime && rm /run/nothing");
        await host.linkUp();
      },
    },
  },
  {
    name: "a corrupt lock",
    why: "a lock file that says nothing of use",
    boot: "mkdir -m 700 /run/policy-routing && printf 'deadline soon\\n' >/run/policy-routing/lock.3",
  },
];
