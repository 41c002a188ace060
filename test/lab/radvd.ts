import { readFile, writeFile } from "node:fs/promises";
import { ensurePackages } from "./packages.mjs";
import { bornAt } from "./process";
import type { Provider } from "./provider";
import { until } from "./until";

export interface Advertisement {
  /** The link-local address of the router. */
  readonly router: string;
  /** As `2001:db8:2:6::`. */
  readonly prefixes: readonly string[];
}

/** A provider's router that advertises itself, by radvd. It goes with the lab, and so do its files, which are in the lab's directory. */
export class Advertiser {
  readonly #files: string;

  constructor(
    private readonly provider: Provider,
    directory: string,
  ) {
    this.#files = `${directory}/radvd`;
  }

  /** From now on this is advertised. The router before says that it is none any more. */
  async advertise({ router, prefixes }: Advertisement): Promise<void> {
    await ensurePackages(["radvd"]);
    await this.stop();
    for (const address of [router, ...prefixes.map((prefix) => `${prefix}ff`)])
      await this.provider.exec(`ip addr replace ${address}/64 dev br0 nodad`);
    const each = prefixes.map((prefix) => `  prefix ${prefix}/64 { AdvValidLifetime 3600; AdvPreferredLifetime 1800; };\n`);
    await writeFile(
      `${this.#files}.conf`,
      `interface br0 {\n  AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; AdvDefaultLifetime 1800;\n  AdvRASrcAddress { ${router}; };\n${each.join("")}};\n`,
    );
    await this.provider.exec(
      `radvd --config=${this.#files}.conf --pidfile=${this.#files}.pid --logmethod=logfile --logfile=${this.#files}.log`,
    );
  }

  async stop(): Promise<void> {
    const pid = Number(await readFile(`${this.#files}.pid`, "utf8").catch(() => 0));
    if (pid === 0) return;
    process.kill(pid);
    await until("radvd to end", async () => ((await bornAt(pid)) === undefined ? true : undefined));
  }
}
