import { saidBy } from "../commands";
import type { Format } from "./format";

/** keepalived.conf: `static_routes` and `static_rules` stay, all that is virtual moves with the master. */
export const keepalived: Format = {
  name: "keepalived",
  again: () => ({ run: "systemctl reload keepalived" }),
  isOne: ({ text }) => /^\s*(vrrp_instance|static_routes|static_rules|global_defs|vrrp_sync_group)\b/m.test(text),
  read: (reading) => {
    const open: string[] = [];
    for (const [index, raw] of reading.lines.entries()) {
      const text = raw.replace(/[#!].*$/, "").trim();
      const [, name] = /^(\S+).*\{$/.exec(text) ?? [];
      if (name !== undefined) open.push(name);
      const block = open.find((one) => /^(static|virtual)_/.test(one));
      if (text === "") continue;
      if (text === "}" || name !== undefined || block === undefined || block === "static_ipaddress")
        reading.leave("keepalived's own", index + 1);
      else if (block.startsWith("virtual_")) reading.leave("keepalived's: it moves with the master", index + 1);
      else readEntry(block === "static_rules" ? "rule" : "route", text, index + 1);
      if (text === "}") open.pop();
    }
    function readEntry(kind: "rule" | "route", text: string, line: number): void {
      const said = saidBy(kind, text.split(/\s+/), undefined);
      if ("wrong" in said) reading.doubt(`${text}: ${said.wrong}`, line);
      else if (said.numberedBy !== undefined) reading.doubt(`${text}: no priority: keepalived chooses one, adopt reads it`, line);
      else reading.take(said, line);
    }
  },
};
