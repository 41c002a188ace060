import { readLine } from "../commands";
import { headingsIn, settingsIn } from "../logicalLines";
import type { Format } from "./format";

/** A unit of systemd whose commands make rules and routes. */
export const unit: Format = {
  name: "systemd units",
  again: () => ({
    why: "what it made stays until the next boot; do not stop it: its ExecStop may remove ours",
    run: "systemctl daemon-reload",
  }),
  isOne: ({ text }) => /^\[Service\]/m.test(text),
  read: (reading) => {
    for (const { key, value, line, to } of settingsIn(reading.lines)) {
      if (!/^Exec(Start|Stop)/.test(key)) reading.leave("the unit itself", line, to);
      else readLine(reading, value.replace(/^[-@:+!]+/, ""), { isWayDown: key.startsWith("ExecStop") }, line, to);
    }
    for (const line of headingsIn(reading.lines)) reading.leave("the unit itself", line);
  },
};
