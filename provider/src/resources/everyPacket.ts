import * as pulumi from "@pulumi/pulumi";
import { isObject } from "../declaration/isObject";
import { decidesForAll } from "../declaration/rule/everyPacket";
import type { Warning } from "../errors";

const warning: Warning = {
  topic: "rule-without-selector",
  what: "the rule has no selector: it decides for every packet before table main does, also for those of your SSH connection",
  next: "give it from, to, fwmark, iif or another selector",
};

/** Tells, in the preview already, of rules that apply to every packet; `at` says where each stands in the program. */
export function warnOfEveryPacket(resource: pulumi.Resource, rules: Readonly<Record<string, unknown>>): void {
  for (const [at, rule] of Object.entries(rules))
    if (isObject(rule) && decidesForAll(rule))
      void pulumi.log.warn([at, `${warning.what}; ${warning.next}`].filter(Boolean).join(": "), resource);
}

/** The same of labelled rules, which may be known only later. */
export function warnOfEveryPacketIn(resource: pulumi.Resource, rules: unknown): void {
  const tell = (all: unknown): void =>
    warnOfEveryPacket(
      resource,
      Object.fromEntries(Object.entries(isObject(all) ? all : {}).map(([label, rule]) => [`rules.${label}`, rule])),
    );
  if (pulumi.Output.isInstance(rules) || rules instanceof Promise) pulumi.output(rules).apply(tell);
  else tell(rules);
}
