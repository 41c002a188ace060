import { isEverything } from "../address";
import { ruleAttributes } from "./rule";

/** By what a rule chooses packets. */
export const selectors = Object.entries(ruleAttributes).flatMap(([name, attribute]) => ("matcher" in attribute ? [name] : []));
/** With these it is no selector that a rule lacks, or it leaves packets to the rules behind it. */
const others = ["not", "l3mdev", "goto", "suppressPrefixlength", "suppressIfgroup"];

/** Whether a rule, as a person wrote it, decides for every packet of its family before table main does. What is not known yet counts as given. */
export function decidesForAll(rule: Readonly<Record<string, unknown>>): boolean {
  const isGiven = (name: string): boolean => {
    const value = rule[name];
    const all: readonly unknown[] = Array.isArray(value) ? value : [value];
    return value !== undefined && value !== null && !all.some((one) => typeof one === "string" && isEverything(one));
  };
  const { table, action } = rule;
  if (table === "main" || table === "local" || action === "nop") return false;
  return (isGiven("table") || isGiven("action")) && ![...selectors, ...others].some(isGiven);
}
