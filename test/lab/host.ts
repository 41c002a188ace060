import { writeFile } from "node:fs/promises";
import { management, type Uplink, uplink } from "./addresses";
import { Namespace, namespaceOf } from "./namespace";
import { host, MANAGEMENT } from "./network";
import { snapshot } from "./snapshot";
import { SshServer } from "./ssh-server";

type Directory = "/run" | "/etc" | "/etc/policy-routing/objects";

/** A multi-homed host of a lab, with the ways to break it. Each way but `resetConnections` lasts until it is taken back, or until a reboot. */
export class Host extends SshServer {
  readonly uplinks: readonly [Uplink, Uplink, ...Uplink[]] = [
    uplink(0, this.number),
    uplink(1, this.number),
    ...(this.plan.uplinks === 3 ? [uplink(2, this.number)] : []),
  ];
  readonly #port = host(this.number);
  readonly #controller = management(this.plan.slot, 0);
  /** Who logs in, as the host sees it. */
  readonly controller = this.#controller.address;
  readonly #management = new Namespace(namespaceOf(this.plan.name, MANAGEMENT));

  /** Everything of the host that policy routing is about, as text: equal texts mean an equal host. */
  async snapshot(): Promise<string> {
    return snapshot(this);
  }

  /** Unplugs the management link at the far end: the host loses carrier. */
  async linkDown(): Promise<void> {
    await this.#management.batch([`link set ${this.#port} down`]);
  }

  async linkUp(): Promise<void> {
    await this.#management.batch([`link set ${this.#port} up`]);
  }

  /** The host's own table sends what is for the controller nowhere: the mistake that a wrong route makes. */
  async blackholeController(): Promise<void> {
    await this.#routeController("add");
  }

  async unblackholeController(): Promise<void> {
    await this.#routeController("del");
  }

  async #routeController(verb: "add" | "del"): Promise<void> {
    const { address, address6 } = this.#controller;
    await this.batch([`route ${verb} blackhole ${address}`, `route ${verb} blackhole ${address6}`]);
  }

  /** Loses that share of the packets in either direction, without a word to either end: 100 is a dead path, 0 the end of it. */
  async dropPackets(percent: number): Promise<void> {
    const drop = `numgen random mod 100 <= ${percent - 1} drop`;
    const chain = `chain loss { type filter hook forward priority 0; iifname "${this.#port}" ${drop}; oifname "${this.#port}" ${drop}; }`;
    const table = `table bridge ${this.#port}`;
    await this.#management.exec("nft -f -", { input: `${table} {}\ndelete ${table}\n${percent > 0 ? `${table} {\n${chain}\n}\n` : ""}` });
  }

  /** Ends every TCP connection of the host by a reset, once. */
  async resetConnections(): Promise<void> {
    await this.exec("ss --tcp --kill state established");
  }

  /** Leaves no byte free in /run; files without a byte can still be made, and renaming works. */
  async fillRun(): Promise<void> {
    // The kernel holds large pages of which a file uses a part, and gives the rest back when the next one asks: so it is asked until no page is left.
    const fill = "cat /dev/zero >>/run/.full 2>/dev/null";
    await this.result(`${fill}; n=0; while head -c 4096 /dev/zero >>/run/.full && [ $n -lt 100 ]; do ${fill}; n=$((n + 1)); done`);
  }

  async freeRun(): Promise<void> {
    await this.exec("rm /run/.full");
  }

  /** From now on nobody can open a file of this directory for writing. By a mount on top, since a remount is refused while one is open. */
  async makeReadOnly(directory: Directory): Promise<void> {
    await this.exec(`mount --bind ${directory} ${directory} && mount -o remount,bind,ro ${directory}`);
  }

  async makeWritable(directory: Directory): Promise<void> {
    await this.exec(`umount -l ${directory}`);
  }

  /**
   * Puts a script in the place of a program, or nothing for null, and returns what takes it back.
   * The script finds the program itself in the PATH, as `NAME.real`.
   */
  async replaceBinary(path: string, content: string | null): Promise<() => Promise<void>> {
    const real = (await this.exec(`realpath ${path}`)).trim(); // /usr/sbin/ip is a link to /usr/bin/ip
    await this.exec(`mv ${real} ${real}.real`);
    if (content !== null) await writeFile(await this.file(real), content, { mode: 0o755 });
    return async () => {
      await this.exec(`mv ${real}.real ${real}`);
    };
  }
}
