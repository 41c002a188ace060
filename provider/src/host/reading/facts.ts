import { PolicyRoutingError } from "../../errors";
import { isBefore } from "../../kernel/plan/gate";
import { type Answer, section, sectionsAfter } from "../wire/answer";

/** What a host is, as it said itself. */
export interface Facts {
  readonly machineId: string;
  readonly bootId: string;
  /** The inode of the network namespace that the login is in; empty on a kernel without namespaces. */
  readonly netns: string;
  /** It is not the one of PID 1, in which services run; or that cannot be told. */
  readonly ownNetns: boolean;
  /** Its kernel knows IPv6. */
  readonly ipv6: boolean;
  readonly kernel: string;
  readonly iproute2: string;
  /** Seconds since boot. */
  readonly uptime: number;
  readonly ssh: string;
}

/** What `ip` says where the kernel was started or built without a family. */
export const lacksFamily = /Address family not supported/i;

const showsIpv6 = (answer: Answer): boolean =>
  !sectionsAfter(answer, "failed").some(({ rest }) => / 6(?: |$)/.test(rest) && lacksFamily.test(section(answer, rest) ?? ""));

/** Refuses a host on which nothing would work. */
export function parseFacts(answer: Answer, host: string): Facts {
  const text = section(answer, "facts") ?? "";
  const fact = (name: string): string => new RegExp(`^${name} (.*)$`, "m").exec(text)?.[1]?.trim() ?? "";
  // It may complain before it answers.
  const ip = /^.*iproute2.*$/m.exec(text)?.[0] ?? fact("ip");
  if (fact("uid") !== "0")
    throw new PolicyRoutingError("auth", {
      topic: "not-root",
      host,
      what: "the user is not root",
      next: "log in as root, or set sudo: true",
    });
  if (fact("missing") !== "")
    throw new PolicyRoutingError("unsupported", {
      topic: "programs-missing",
      host,
      what: `programs are missing on the host: ${fact("missing")}`,
      ran: `command -v ${fact("missing").split(" ")[0]}`,
      next: "install them, or let the login's PATH lead to them",
    });
  if (/not found/i.test(ip) || ip === "")
    throw new PolicyRoutingError("unsupported", {
      topic: "programs-missing",
      host,
      what: "there is no ip command on the host",
      ran: "ip -V",
      cameBack: ip,
      next: "install iproute2",
    });
  if (!/iproute2/i.test(ip))
    throw new PolicyRoutingError("unsupported", {
      topic: "programs-missing",
      host,
      what: "ip on the host is not iproute2's",
      ran: "ip -V",
      cameBack: ip,
      next: "install iproute2: busybox's ip has no JSON and no origin tags",
    });
  const facts = {
    machineId: fact("machine"),
    bootId: fact("boot"),
    netns: fact("netns"),
    ownNetns: fact("own_netns") === "yes",
    ipv6: fact("ipv6") !== "no" && showsIpv6(answer),
    kernel: fact("kernel"),
    iproute2: /iproute2-(\S+?),?(?:\s|$)/.exec(ip)?.[1] ?? ip,
    uptime: Number(fact("uptime")),
    ssh: fact("ssh"),
  };
  if (isBefore(facts.kernel, "4.17"))
    throw new PolicyRoutingError("unsupported", {
      topic: "host-too-old",
      host,
      what: `Linux ${facts.kernel} is too old: rules carry their origin (proto) since 4.17`,
      ran: "uname -r",
      cameBack: facts.kernel,
      next: "update the host",
    });
  if (/^ss/.test(facts.iproute2) || isBefore(facts.iproute2, "4.20"))
    throw new PolicyRoutingError("unsupported", {
      topic: "host-too-old",
      host,
      what: `iproute2 ${facts.iproute2} is too old: ip -j -N needs 4.20`,
      ran: "ip -V",
      cameBack: ip,
      next: "update iproute2 on the host",
    });
  return facts;
}
