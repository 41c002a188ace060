import { entryKinds, sectionNames } from "../../declaration/entryKinds";
import type { Facts } from "../../host/reading/facts";
import { kindsOnHosts } from "../../kernel/observed/kinds";
import { isUnmet, lacking } from "../../kernel/plan/gate";
import { type Check, ok, warning } from "./checks";

/** What the versions are, and what cannot be declared there. */
export function versionsOn({ kernel, iproute2, ipv6 }: Facts): Check[] {
  const host = { kernel, iproute2 };
  // What decides for packets first.
  const refused = [...sectionNames].reverse().flatMap((section) => {
    const { resource, fields } = entryKinds[section];
    const { need } = kindsOnHosts[section];
    return need !== undefined && isUnmet(need, host)
      ? [`${resource} (${need.kernel})`]
      : lacking(fields, host).map(({ attribute, kernel: first }) => `${resource}.${attribute} (${first})`);
  });
  return [
    ok(
      "versions",
      `Linux ${kernel}, iproute2 ${iproute2}; ${refused.length === 0 ? "no attribute is refused for its age" : `too old for, and refused before anything is changed: ${refused.join(", ")}`}`,
    ),
    ipv6 ? ok("IPv6", "is there") : warning("IPv6", "the kernel was started or built without it", "declare nothing of inet6 for this host"),
  ];
}
