import { readFile, rm } from "node:fs/promises";
import { ensurePackages } from "./packages.mjs";
import { bornAt } from "./process";
import type { Provider } from "./provider";
import { until } from "./until";

const LEASE_SECONDS = 120; // dnsmasq has no shorter one
/** The client asks for its address again: first the server that gave it, whose refusal some clients do not hear, then everybody. */
const RENEW_SECONDS = 4;
const REBIND_SECONDS = 7;

/** A provider's DHCP server, a real one, with a single client. It goes with the lab, and so do its files, which are in the lab's directory. */
export class DhcpServer {
  readonly #files: string;
  #announced: readonly string[] = [];
  #gateway = "";

  constructor(
    private readonly provider: Provider,
    directory: string,
    private readonly client: { mac: string; network: string },
  ) {
    this.#files = `${directory}/dhcp`;
  }

  /** Prefixes that router advertisements name from the next lease on, as `2001:db8:2:6::`. */
  async announce(prefixes: readonly string[]): Promise<void> {
    for (const prefix of prefixes) await this.provider.exec(`ip addr replace ${prefix}ff/64 dev br0 nodad`);
    this.#announced = prefixes;
  }

  /** The gateway that leases name from the next one on; the provider answers there too. */
  async gateway(address: string): Promise<void> {
    await this.provider.exec(`ip addr replace ${address}/18 dev br0`);
    this.#gateway = address;
  }

  /** From now on this is the client's address: at its next renewal it is refused another one that it had. */
  async lease(address: string): Promise<void> {
    await ensurePackages(["dnsmasq-base"]);
    await this.stop();
    await this.provider.exec(
      `dnsmasq --conf-file=/dev/null --user=root --port=0 --interface=br0 --bind-interfaces --dhcp-authoritative --no-ping \\
        --dhcp-range=${this.client.network},static,255.255.192.0,${LEASE_SECONDS} --dhcp-host=${this.client.mac},${address} \\
        ${this.#gateway === "" ? "" : `--dhcp-option=option:router,${this.#gateway}`} --dhcp-option=option:T1,${RENEW_SECONDS} --dhcp-option=option:T2,${REBIND_SECONDS} \\
        ${this.#announced.map((prefix) => `--dhcp-range=${prefix},ra-only`).join(" ")} ${this.#announced.length > 0 ? "--enable-ra" : ""} \\
        --pid-file=${this.#files}.pid --dhcp-leasefile=${this.#files}.leases --log-facility=${this.#files}.log`,
    );
  }

  /** How often it has said that an address is the client's. */
  async leased(): Promise<number> {
    return (await readFile(`${this.#files}.log`, "utf8")).match(/ DHCPACK\(/g)?.length ?? 0;
  }

  /** Without a memory of what it leased. */
  async stop(): Promise<void> {
    const pid = Number(await readFile(`${this.#files}.pid`, "utf8").catch(() => 0));
    if (pid === 0) return;
    process.kill(pid);
    await until("the DHCP server to end", async () => ((await bornAt(pid)) === undefined ? true : undefined));
    await rm(`${this.#files}.leases`, { force: true });
  }
}
