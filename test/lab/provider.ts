import { uplink } from "./addresses";
import { Namespace, namespaceOf } from "./namespace";
import { provider } from "./network";

/** IP packets at a provider's edge. */
export interface Counters {
  /** From the hosts, with a source of this uplink. */
  accepted: number;
  /** From the hosts, with a source of somebody else. */
  dropped: number;
  /** To the hosts. */
  delivered: number;
}

/** The router behind one uplink: like every decent provider, it drops what does not come from its own prefix (BCP 38). */
export class Provider extends Namespace {
  constructor(
    lab: string,
    private readonly index: number,
  ) {
    super(namespaceOf(lab, provider(index)));
  }

  async filter(): Promise<void> {
    const { prefix, prefix6 } = uplink(this.index, 0);
    await this.exec("nft -f -", {
      input: `
table inet edge {
  counter accepted {}
  counter dropped {}
  counter delivered {}
  chain from_hosts {
    type filter hook prerouting priority filter;
    iifname != "br0" accept
    ip saddr 0.0.0.0 udp dport 67 accept
    ip6 saddr { ::, fe80::/10 } accept
    ip saddr != ${prefix} counter name dropped drop
    ip6 saddr != ${prefix6} counter name dropped drop
    counter name accepted
  }
  chain to_hosts {
    type filter hook forward priority filter;
    oifname "br0" counter name delivered
  }
}`,
    });
  }

  async counters(): Promise<Counters> {
    const text = await this.exec("nft list counters table inet edge");
    const packets = (name: string): number => Number(new RegExp(`counter ${name} \\{\\s+packets (\\d+)`).exec(text)?.[1]);
    return { accepted: packets("accepted"), dropped: packets("dropped"), delivered: packets("delivered") };
  }
}
