import type { Step } from "./change";

/** Who makes a step: `ip`, or a script that writes a file or a setting. */
export const isOfIp = (step: Step): boolean => /^[46N] /.test(step);

/** A step as a person reads it; undefined for a condition, which is about the step behind it. */
export function printStep(step: Step): string | undefined {
  const [, channel = "", words = ""] = /^(\S) (.*)$/.exec(step) ?? [];
  if (words.startsWith("when ")) return undefined;
  if (channel === "s") {
    const [file, device, value] = words.split(" ");
    return `set net.ipv4.conf.${device}.${file} = ${value}`;
  }
  if (channel !== "t") return `ip -${channel} ${words}`;
  const [verb, tableId] = words.split(" ");
  return `${verb === "erase" ? "remove" : "write"} /etc/iproute2/rt_tables.d/policy-routing-${tableId}.conf`;
}
