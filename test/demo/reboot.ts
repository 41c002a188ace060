import { openStack, writeProgram } from "../engine-cli/engine";
import { type BootedHost, startBooted, whyNotBooted } from "../lab/booted/booted";
import { until } from "../lab/until";
import { begin, expect, linesWith, saw } from "./tell";

const program = ({ connection, uplinks }: BootedHost): string => `
import { MultihomedHost } from "pulumi-policy-routing";
const host = new MultihomedHost("edge", {
  connection: ${JSON.stringify(connection)},
  uplinks: ${JSON.stringify(
    Object.fromEntries(
      uplinks.map(({ device, address, prefix, gateway }, index) => [
        `isp${index + 1}`,
        { device, address: `${address}/${prefix.split("/")[1]}`, gateway, table: 100 + index },
      ]),
    ),
  )},
});
export const persisted = host.routing.persisted;
`;

/** Rules and routes of ours, as `ip` shows them. */
const ours = (host: BootedHost): Promise<string> => host.exec("ip rule show | grep 'proto 214'; ip route show table all proto 214 || true");

/** A booted Debian is rebooted: everything is there again before anybody logs in to look. What was seen, in a line. */
export async function reboot(): Promise<string> {
  begin("A Debian 12 with systemd is given two uplinks by MultihomedHost, then rebooted");
  const reason = await whyNotBooted();
  if (reason !== undefined) {
    saw(`skipped: ${reason}`);
    return "A reboot was not tried here: this machine boots no Debian.";
  }
  const host = await startBooted({ name: "demo-reboot" });
  const files = await writeProgram({ "index.ts": program(host) });
  const stack = await openStack({ program: files.folder });
  try {
    const before = await host.snapshot();
    saw(linesWith((await stack.up()).stdout, "created", "persisted"));
    const declared = await ours(host);
    saw(declared);
    await host.reboot();
    const back = await until(
      "what was declared to be there after the reboot",
      async () => ((await ours(host)) === declared ? true : undefined),
      60_000,
    );
    expect(back, "after the reboot every rule and route is there again, put back by policy-routing.service");
    saw(linesWith(await host.exec("journalctl -b -u policy-routing --no-pager -o cat"), "added"));
    expect((await stack.preview(["--refresh"])).stdout.includes("unchanged"), "pulumi preview --refresh sees no difference");
    await stack.destroy();
    expect((await host.snapshot()) === before, "after pulumi destroy the host equals what it was: no file, unit or folder of ours");
    const entries = declared.trim().split("\n").length;
    return `Debian 12 was rebooted: all ${entries} rules and routes were there again.`;
  } finally {
    await stack.remove();
    await files.remove();
    await host.stop();
  }
}
