import type { AttributeTable, Values } from "../attribute";
import { canonical } from "../canonical";
import { isGatewayOf } from "../followed";
import { declaredRouteAttributes, settleDeclaredRoute } from "../route/declaredRoute";
import { ruleAttributes } from "../rule/rule";
import { deviceOf, literally, type RuleSet, ruleSetAttributes, rulesIn, settleRuleSet, withSources } from "../rule/ruleSet";
import { sysctlFields } from "../sysctl/fields";
import { sysctlName } from "../sysctl/sysctl";
import { wordsOf } from "../words";
import type { Routing } from "./expand";

const sysctlNames = ["reversePathFilter", "arpIgnore", "arpAnnounce"] as const;

function line(verb: string, table: AttributeTable, values: Readonly<Record<string, unknown>>): string {
  return ["ip", ...(values["family"] === "inet6" ? ["-6"] : []), verb, ...wordsOf(table, values)].join(" ");
}

/** What a device has is known on the host alone. */
function ruleLines(rule: RuleSet): { priority: number; text: string }[] {
  const literal = literally(rule);
  const rules = rulesIn(literal ?? withSources(rule, ["ADDRESS"]));
  const behind = literal === undefined ? ` # for each address of ${deviceOf(rule)}` : "";
  return rules.map((one) => ({ priority: one.priority, text: `${line("rule add", ruleAttributes, one)}${behind}` }));
}

/** So is its gateway, for which a word stands. */
const withWord: AttributeTable = { ...declaredRouteAttributes, via: { ...declaredRouteAttributes.via, words: () => ["via", "GATEWAY"] } };

function routeLine(route: Values<typeof declaredRouteAttributes>): string {
  const { via } = route;
  if (!isGatewayOf(via)) return line("route add", declaredRouteAttributes, route);
  const device = via.gatewayOf;
  return `${line("route add", withWord, { ...route, dev: device, onlink: true })} # the gateway that ${device} has`;
}

/** The same by hand, for a human reader: the words of `ip`, in an order that works. */
export function commandsOf({ tables, routes, rules, ...settings }: Routing): string[] {
  const routeValues = Object.values(routes).map((route) => canonical(declaredRouteAttributes, route, settleDeclaredRoute).values);
  const ruleValues = Object.values(rules).flatMap((rule) => {
    const { values } = canonical(ruleSetAttributes, rule, settleRuleSet);
    const { family, priority } = values;
    return family === undefined || priority === undefined ? [] : ruleLines({ ...values, family, priority });
  });
  return [
    ...Object.values(tables).map(({ tableId, name }) => `echo '${tableId} ${name}' >>/etc/iproute2/rt_tables`),
    ...sysctlNames.flatMap((name) => {
      const { file, numbers } = sysctlFields[name];
      const known: Readonly<Record<string, number>> = numbers;
      return Object.entries(settings[name] ?? {}).map(([device, word]) => `sysctl -w ${sysctlName({ file, device })}=${known[word]}`);
    }),
    ...routeValues.sort((a, b) => Number(a.via !== undefined) - Number(b.via !== undefined)).map(routeLine),
    ...ruleValues.sort((a, b) => a.priority - b.priority).map(({ text }) => text),
  ];
}
