// The hosts of the bench: a lab of its own, cleared between rounds.
import type { Connection, Host, Lab } from "../lab/lab";
import { startLab } from "../lab/lab";
import { clearing, counting } from "./objects";

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

export class Fleet {
  constructor(
    readonly hosts: readonly Host[],
    readonly lab: Lab,
  ) {}

  static async start(hosts: number): Promise<Fleet> {
    const lab = await startLab({ name: "bench", hosts });
    return new Fleet(lab.hosts, lab);
  }

  /** The first hosts of it. */
  first(count: number): Fleet {
    return new Fleet(this.hosts.slice(0, count), this.lab);
  }

  get connections(): Connection[] {
    return this.hosts.map(({ connection }) => connection);
  }

  async clear(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.exec(clearing)));
  }

  /** A figure counts only if what was measured did its work. */
  async mustBeComplete(objects: number): Promise<void> {
    const counts = await Promise.all(this.hosts.map((host) => host.exec(counting)));
    const incomplete = this.hosts.filter((_, index) => Number(counts[index]) !== objects);
    if (incomplete.length > 0) throw new Error(`not all ${objects} objects are there on ${incomplete.map(({ name }) => name).join(", ")}`);
  }

  /** Logins that happened meanwhile, counted at each sshd. */
  async loginsDuring(work: () => Promise<unknown>): Promise<number> {
    const count = async (): Promise<number> => sum(await Promise.all(this.hosts.map((host) => host.countLogins())));
    const before = await count();
    await work();
    return (await count()) - before;
  }

  stop(): Promise<void> {
    return this.lab.stop();
  }
}
