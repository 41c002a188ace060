import { clients } from "../booted/clients";
import { openStack, writeProgram } from "../engine-cli/engine";
import { type BootedHost, startBooted, whyNotBooted } from "../lab/booted/booted";
import { DhcpServer } from "../lab/dhcp";
import { until } from "../lab/until";
import { begin, expect, linesWith, saw } from "./tell";

const program = ({ connection, uplinks: [first, second] }: BootedHost): string => `
import { MultihomedHost } from "pulumi-policy-routing";
const host = new MultihomedHost("edge", {
  connection: ${JSON.stringify(connection)},
  uplinks: {
    isp1: ${JSON.stringify({ device: first.device, address: `${first.address}/18`, gateway: first.gateway, table: 101 })},
    isp2: ${JSON.stringify({ device: second.device, address: "auto", gateway: second.gateway, table: 102 })},
  },
});
export const persisted = host.routing.persisted;
`;

/** The second provider gives another address: the host follows, and neither program nor state has to change. What was seen, in a line. */
export async function lease(): Promise<string> {
  begin('A Debian 12 whose second uplink has its address by DHCP: address: "auto"');
  const reason = await whyNotBooted();
  const [client] = clients;
  if (reason !== undefined || client === undefined) {
    saw(`skipped: ${reason}`);
    return "A lease was not changed here: this machine boots no Debian.";
  }
  const host = await startBooted({ name: "demo-lease" });
  const files = await writeProgram({ "index.ts": program(host) });
  const stack = await openStack({ program: files.folder });
  try {
    const mac = (await host.exec("cat /sys/class/net/eth1/address")).trim();
    const server = new DhcpServer(host.provider(1), host.directory, { mac, network: "198.18.128.0" });
    const answers = async (address: string): Promise<true | undefined> =>
      (await host.internet.result(`ping -n -c 1 -W 1 ${address}`)).code === 0 ? true : undefined;
    const leased = async (address: string): Promise<void> => {
      await server.lease(address);
      const has = async (): Promise<true | undefined> =>
        (await host.exec("ip -4 addr show dev eth1")).includes(` ${address}/`) ? true : undefined;
      await until(`the lease of ${address}`, has, 30_000);
    };
    await server.lease("198.18.128.2");
    await client.install(host);
    host.uplinksAtBoot = "bare";
    await host.reboot();
    await leased("198.18.128.2");
    saw(linesWith((await stack.up()).stdout, "created", "persisted"));
    saw(linesWith(await host.exec("ip rule show"), "15102"));
    await until("an answer", () => answers("198.18.128.2"), 10_000);

    begin("The provider gives 198.18.128.77 instead");
    await leased("198.18.128.77");
    const since = Date.now();
    await until("an answer", () => answers("198.18.128.77"), 10_000);
    const seconds = ((Date.now() - since) / 1000).toFixed(1);
    expect(true, `what arrives at the new address is answered by its own uplink, ${seconds} s after the lease`);
    saw(linesWith(await host.exec("ip rule show"), "15102"));
    await stack.preview(["--refresh", "--expect-no-changes"]);
    expect(true, "pulumi preview --refresh sees no difference: the program says the device, and so does the state");
    await stack.destroy();
    expect(!(await host.exec("ip rule show")).includes("proto 214"), "after pulumi destroy no rule of ours is left");
    return `A provider changed its lease: answered by its own uplink ${seconds} s later.`;
  } finally {
    await stack.remove();
    await files.remove();
    await host.stop();
  }
}
