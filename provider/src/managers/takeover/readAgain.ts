import type { Neighbours } from "../../kernel/persist/neighbours";

/** What has a manager read its files again, and what a person should know of it. */
export interface Again {
  readonly run?: string;
  readonly why?: string;
}

/** Who runs on the host; nothing is said of them where files alone are read. */
export type Managers = Pick<Neighbours, "networkd" | "networkManager">;

/** What a program made in /run is made again by it; undefined elsewhere. */
export const madeInRun = (name: string): Again | undefined =>
  name.startsWith("/run/")
    ? { why: "a program makes it at every boot, as netplan and cloud-init do: remove it from what that one reads" }
    : undefined;

/**
 * Up to 247 it notes its own rules in its state, without their tag, and at its start removes what says the same as one that no file says any
 * more: ours, once they were taken over. With the notes gone it removes nothing.
 */
const notesItsRules = 247;
const forget = "sed -i '/^RULE=/d' /run/systemd/netif/state";
const restart = "systemctl restart systemd-networkd";

export function networkdReads(there?: Managers): { readonly run: string; readonly why: string } {
  const version = there?.networkd?.version;
  const why = 'with coexist: "configure" in the program. No networkctl reload: it sets the device up anew';
  if (version === undefined) return { run: restart, why: `${why}. Where systemd is ${notesItsRules} or older, first ${forget}` };
  if (version > notesItsRules) return { run: restart, why };
  return { run: `${forget} && ${restart}`, why: `${why}. systemd ${version} notes its rules, and would take ours for them` };
}

/** A name that a shell would take for more than a word is not printed into a command. */
export const networkManagerReads = (device = ""): string =>
  `nmcli connection reload && nmcli device reapply ${/^[\w.:-]+$/.test(device) ? device : "DEVICE"}`;

/** systemd-networkd is the renderer where no file names another. */
export function netplanReads(isNetworkManagers: boolean, there?: Managers): Again {
  const networkd = networkdReads(there);
  const isTheirs = isNetworkManagers || (there?.networkManager === true && there.networkd === undefined);
  return isTheirs ? { run: `netplan generate && ${networkManagerReads()}` } : { ...networkd, run: `netplan generate && ${networkd.run}` };
}
