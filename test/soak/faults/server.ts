import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { cut } from "../draw/free";
import type { Place } from "../hooks";
import type { Site } from "../site";
import { atOnce, type Case, type Fault, shortOrLong } from "./fault";

const beforeTheLogin: readonly [Place, ...Place[]] = ["observe", "apply", "readback"];
const hogs = new WeakMap<Case, Socket>();

const keys = "/usr/sbin/soak-keys";
/** Every login takes so long, as where keys are looked up somewhere far. */
async function slowLogins({ host }: Site, seconds: number): Promise<void> {
  await writeFile(await host.file(keys), `#!/bin/sh\nsleep ${seconds}\nexec cat /etc/ssh/authorized_keys.d/"$1"\n`, { mode: 0o755 });
  await host.setSshdOption("AuthorizedKeysCommand", `${keys} %u\nAuthorizedKeysCommandUser root\nAuthorizedKeysFile none`);
}

const quickLogins = ({ host }: Site): Promise<void> => host.setSshdOption("AuthorizedKeysCommand", null);

/** sshd does not let the fresh login in, or not soon. */
export const serverFaults: readonly Fault[] = [
  {
    name: "sshd stopped",
    group: "server",
    places: beforeTheLogin,
    strike: ({ site }) => site.host.stopSshd("survive"),
    lasts: shortOrLong,
    heal: ({ site }) => site.host.startSshd(),
  },
  {
    name: "sshd and its sessions killed",
    group: "server",
    places: ["observe", "apply", "readback", "confirm", "confirmed"],
    strike: ({ site }) => site.host.stopSshd("die"),
    lasts: shortOrLong,
    heal: ({ site }) => site.host.startSshd(),
  },
  {
    name: "sshd has no room (MaxStartups)",
    group: "server",
    places: beforeTheLogin,
    strike: async (one) => {
      await one.site.host.setSshdOption("MaxStartups", "1");
      const hog = connect({ host: one.site.host.address, port: 22 }).on("error", () => {});
      hogs.set(one, hog);
      await once(hog, "data"); // sshd's greeting: the room is taken
    },
    lasts: shortOrLong,
    heal: async (one) => {
      hogs.get(one)?.destroy();
      await one.site.host.setSshdOption("MaxStartups", "100");
    },
  },
  {
    name: "sshd refuses the user (AllowUsers)",
    group: "server",
    places: beforeTheLogin,
    strike: ({ site }) => site.host.setSshdOption("AllowUsers", "nosudo"),
    lasts: shortOrLong,
    heal: ({ site }) => site.host.setSshdOption("AllowUsers", null),
  },
  {
    name: "logins take two seconds",
    group: "server",
    first: true,
    dial: 15,
    bears: true,
    strike: ({ site }) => slowLogins(site, 2),
    lasts: () => "until told",
    heal: ({ site }) => quickLogins(site),
  },
  {
    name: "logins take seven seconds, and the change cuts the controller off",
    group: "server",
    rare: true,
    first: true,
    seconds: 8,
    dial: 15,
    cuts: true,
    extra: cut,
    strike: ({ site }) => slowLogins(site, 7),
    lasts: () => "until told",
    heal: ({ site }) => quickLogins(site),
  },
  { name: "none", group: "server", bears: true, strike: async () => {}, lasts: atOnce, heal: async () => {} },
];
