import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openStack, type Stack } from "../engine-cli/engine";
import type { Lab } from "../lab/lab";
import type { Seen, Way } from "./picture";
import { begin, expect, linesWith, saw } from "./tell";

const stackName = "demo";
const port = 22;

/** The root's Pulumi.yaml, with this lab's host as its configuration. */
async function openDemo(lab: Lab, root: string): Promise<Stack> {
  const stack = await openStack({ program: root, stack: stackName });
  const [host] = lab.hosts;
  const uplinks = host.uplinks.slice(1).map(({ device, address, gateway, prefix }, index) => ({
    name: `rt${index + 2}`,
    tableId: index + 1,
    device,
    address,
    gateway,
    network: prefix,
    priority: 1000 + 100 * index,
  }));
  const file = join(root, `Pulumi.${stackName}.yaml`);
  const config = { "two-uplinks:connection": host.connection, "two-uplinks:uplinks": uplinks };
  await writeFile(file, `${await readFile(file, "utf8")}config: ${JSON.stringify(config)}\n`);
  return stack;
}

/** By which uplink the host's kernel sends what it replies to the internet. */
async function replyWay({ hosts: [host], internet }: Lab, from: string): Promise<Omit<Way, "packets">> {
  const [, gateway = "", device = ""] = / via (\S+) dev (\S+)/.exec(await host.exec(`ip route get ${internet.address} from ${from}`)) ?? [];
  return { device, gateway };
}

/** The how-to as a program: not reachable before, preview, up, reachable, drift and repair, destroy. How the second uplink's replies left. */
export async function mainJob(lab: Lab, root: string): Promise<Pick<Seen, "client" | "uplinks" | "called" | "before" | "after">> {
  const [host] = lab.hosts;
  const others = host.uplinks.slice(1);
  const before = await host.snapshot();
  const stack = await openDemo(lab, root);
  const reachable = () => Promise.all(others.map(({ address }) => lab.internet.tcpConnect(address, port)));
  try {
    begin("A TCP client on the internet connects to the host's other addresses");
    expect(
      (await reachable()).every((yes) => !yes),
      `no connection to ${others.map(({ address }) => address).join(" or ")}: the replies leave by the first uplink`,
    );
    const first = await lab.providers[0].counters();
    const { address: called } = host.uplinks[1];
    const old: Way = { ...(await replyWay(lab, called)), packets: `${first.dropped} dropped` };
    expect(old.device === host.uplinks[0].device, `ip route get says so too: by ${old.device} via ${old.gateway}`);
    expect(first.dropped > 0, `the first uplink's provider dropped ${first.dropped} packets with a wrong source`);

    begin("pulumi preview");
    saw(linesWith((await stack.preview()).stdout, "create"));

    begin("pulumi up");
    const up = await stack.up();
    saw(linesWith(up.stdout, "created"));
    expect(
      (await reachable()).every((yes) => yes),
      "the same connections succeed now",
    );
    for (const [index, { device }] of others.entries()) {
      const counters = await lab.providers[index + 1]?.counters();
      expect((counters?.accepted ?? 0) > 0, `${counters?.accepted} reply packets left by ${device}`);
    }
    const way = await replyWay(lab, called);
    const { accepted } = await lab.providers[1].counters();
    const now: Way = { ...way, packets: `${accepted} passed` };
    saw(`$ ip rule show\n${await host.exec("ip rule show")}`);
    for (const [index] of others.entries())
      saw(`$ ip route list table rt${index + 2}\n${await host.exec(`ip route list table rt${index + 2}`)}`);

    begin("Somebody deletes a rule by hand: ip rule del pref 1000");
    await host.exec("ip rule del pref 1000");
    const drift = await stack.preview(["--refresh", "--diff"]);
    saw(linesWith(drift.stdout, "PolicyRule: (", "[urn=", "priority", "to create"));
    expect(
      /PolicyRule: \(refresh\)/.test(drift.stdout) && /1 to create/.test(drift.stdout),
      "pulumi preview --refresh shows that it is gone and will be made again",
    );
    await stack.up(["--refresh"]);
    expect((await host.exec("ip rule show")).includes("1000:"), "pulumi up --refresh put it back");
    expect(
      (await reachable()).every((yes) => yes),
      "and the connections succeed",
    );

    begin("pulumi destroy");
    saw(linesWith((await stack.destroy()).stdout, "deleted ("));
    expect((await host.snapshot()) === before, "the host equals what it was: rules, routes of all tables, names, files");
    return { client: lab.internet.address, uplinks: host.uplinks, called, before: old, after: now };
  } finally {
    await stack.remove();
  }
}
