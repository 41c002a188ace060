import { ownEntry } from "../../../declaration/ownEntry";
import { YamlNode } from "../yamlNode";
import type { Format } from "./format";
import { type Fields, field, networkField, textField, valuesOf } from "./yamlFields";

const routeFields: Fields = {
  destination: networkField("destination"),
  "next-hop-address": field("via", (value) => (/^(0\.0\.0\.0|::|)$/.test(String(value)) ? undefined : String(value))),
  "next-hop-interface": textField("dev"),
  metric: field("metric", (value) => (Number(value) < 0 ? undefined : value)),
  "table-id": field("table"),
  source: textField("src"),
  "route-type": textField("type"),
  "congestion-window-size": field("cwnd"),
  state: () => ({}),
};
const ruleFields: Fields = {
  "ip-from": textField("from"),
  "ip-to": textField("to"),
  priority: field("priority"),
  "route-table": field("table"),
  fwmark: field("fwmark"),
  fwmask: field("fwmask"),
  family: field("family", (value) => ownEntry({ ipv4: "inet", ipv6: "inet6" }, String(value)) ?? value),
  iif: textField("iif"),
  action: textField("action"),
  "suppress-prefix-length": field("suppressPrefixlength"),
  state: () => ({}),
};

/** nmstate's `routes` and `route-rules`. */
export const nmstate: Format = {
  name: "nmstate",
  again: () => ({
    why: "nmstatectl apply with these as state: absent, once pulumi up has taken over, removes what stands there with NetworkManager's tag",
  }),
  isOne: ({ text }) => {
    if (!/\bconfig["']?\s*:/.test(text)) return false;
    const root = YamlNode.parse(text);
    return root?.get("route-rules", "config") !== undefined || root?.get("routes", "config") !== undefined;
  },
  read: (reading, { text }) => {
    const root = YamlNode.parse(text);
    for (const [list, fields, kind] of [
      ["routes", routeFields, "route"],
      ["route-rules", ruleFields, "rule"],
    ] as const)
      for (const item of root?.get(list, "config")?.items ?? []) {
        const { values, unknown } = valuesOf(item, fields);
        const { fwmask, ...rest } = values;
        const marked = fwmask === undefined ? rest : { ...rest, fwmark: `${rest["fwmark"] ?? 0}/${fwmask}` };
        if (item.get("state")?.text === "absent") reading.leave("state: absent", item.line, item.to);
        else if (unknown.length > 0) reading.doubt(`a ${kind} with ${unknown.join(", ")}`, item.line, item.to);
        else if (kind === "rule" && rest["priority"] === undefined)
          reading.doubt("a rule without priority: nmstate chooses one, adopt reads it", item.line, item.to);
        else
          reading.take(
            { kind, values: kind === "rule" && marked["action"] === undefined ? { table: "main", ...marked } : marked },
            item.line,
            item.to,
          );
      }
    reading.leave("links and addresses", 1, reading.lines.length);
  },
};
