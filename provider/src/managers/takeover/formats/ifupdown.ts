import { ownEntry } from "../../../declaration/ownEntry";
import { maskLength } from "../addressForms";
import { readLine } from "../commands";
import { logicalLines } from "../logicalLines";
import { Shell } from "../shell";
import type { Format } from "./format";

const hooks: Readonly<Record<string, "up" | "down">> = {
  "pre-up": "up",
  up: "up",
  "post-up": "up",
  down: "down",
  "pre-down": "down",
  "post-down": "down",
};

/** /etc/network/interfaces, of ifupdown and ifupdown2. A stanza goes on over empty lines and comments. */
export const ifupdown: Format = {
  name: "ifupdown",
  again: () => ({ why: "nothing reads it again: what it made stays until the next boot (no ifdown, which would remove ours as well)" }),
  isOne: ({ text }) => /^\s*(iface|auto|allow-\S+)\s+\S+/m.test(text) && /^\s*iface\s+\S+/m.test(text),
  read: (reading) => {
    let device = "";
    for (const { text, line, to } of logicalLines(reading.lines)) {
      const [, key = "", value = ""] = /^\s*(\S+)\s*(.*?)\s*$/.exec(text) ?? [];
      if (key === "" || key.startsWith("#")) continue;
      const way = ownEntry(hooks, key);
      if (key === "iface") {
        device = value.split(/\s+/)[0] ?? "";
        if (/^\S+\s+inet\s+dhcp\b/.test(value)) reading.leased.push(device);
      }
      if (way !== undefined)
        readLine(reading, value, { shell: new Shell({ IFACE: device, LOGICAL: device }), isWayDown: way === "down" }, line, to);
      else if (key === "gateway") {
        reading.leave(`default of table main by ${device}: the manager makes it at every boot`, line, to);
        reading.said.push({
          kind: "route",
          values: { destination: "default", via: value.split(/\s+/)[0], dev: device },
          place: { file: reading.name, line },
          isManagers: true,
        });
      } else if (/^(source|source-directory)$/.test(key)) reading.doubt(`${key} ${value}: give these files too`, line, to);
      else if (device === "" || /^(auto|allow-|iface|mapping|template|no-auto)/.test(key))
        reading.leave(`link and address of ${device || value}`, line, to);
      else if (key === "netmask" && maskLength(value) === undefined) reading.doubt(`netmask ${value} is none`, line, to);
      else reading.leave(`link and address of ${device}`, line, to);
    }
  },
};
