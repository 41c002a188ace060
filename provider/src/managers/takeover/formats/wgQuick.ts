import { readLine } from "../commands";
import { headingsIn, settingsIn } from "../logicalLines";
import { baseOf, type Format } from "./format";

/** /etc/wireguard/NAME.conf: lines that wg-quick runs. Its own rules and routes go with the tunnel. */
export const wgQuick: Format = {
  name: "wg-quick",
  again: () => ({ why: "wg-quick reads it when the tunnel comes up: its PreDown may remove ours, until what puts back has them again" }),
  isOne: ({ text }) => /^\[Interface\]/m.test(text) && !/^\[(Match|Network)\]/m.test(text),
  read: (reading, source) => {
    const device = baseOf(source).replace(/\.conf$/, "");
    reading.tunnels.push(device);
    for (const { key, value, line, to } of settingsIn(reading.lines)) {
      const way = /^(Pre|Post)(Up|Down)$/i.exec(key)?.[2];
      if (way === undefined) reading.leave("the tunnel itself", line, to);
      else readLine(reading, value.replaceAll("%i", device), { isWayDown: way.toLowerCase() === "down" }, line, to);
    }
    for (const line of headingsIn(reading.lines)) reading.leave("the tunnel itself", line);
  },
};
