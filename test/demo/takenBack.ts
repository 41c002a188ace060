import { join } from "node:path";
import { openStack, writeProgram } from "../engine-cli/engine";
import type { Host, Lab } from "../lab/lab";
import { type Result, run } from "../lab/run";
import { begin, expect, linesWith, saw } from "./tell";

const main = join(__dirname, "../../provider/dist/cli/main.js");

const program = ({ connection, uplinks: [, second] }: Host, table: number): string => `
import { HostRouting } from "pulumi-policy-routing";
new HostRouting("edge", {
  connection: ${JSON.stringify(connection)},
  routes: { default: { table: 100, destination: "default", via: ${JSON.stringify(second.gateway)}, dev: ${JSON.stringify(second.device)} } },
  rules: { second: { priority: 1000, from: ${JSON.stringify(second.address)}, table: ${table} } },
});
`;

/** A change is confirmed, and found to be wrong: taken back on the host, refused when it comes again, and repaired by the program. */
export async function takenBack(lab: Lab): Promise<void> {
  const [host] = lab.hosts;
  const before = await host.snapshot();
  const files = await writeProgram({ "index.ts": program(host, 100) });
  const stack = await openStack({ program: files.folder });
  const by = (name: string) => ({ env: { POLICY_ROUTING_RUN: name, POLICY_ROUTING_REASON: "CHG-17" } });
  const command = (...args: string[]): Promise<Result> =>
    run([process.execPath, main, ...args, "--identity", host.keyPath, "--known-hosts", host.knownHostsPath]);
  try {
    begin("A change that is wrong in a way that no guard sees: the second uplink's rule leads to an empty table. It is confirmed");
    await stack.up([], by("demo-1"));
    const good = await host.snapshot();
    await files.write({ "index.ts": program(host, 999) });
    await stack.up([], by("demo-2"));
    expect((await host.exec("ip rule show")).includes("lookup 999"), "it is there, and the guard has ended");

    begin("An hour later somebody finds it (said, not waited for): policy-routing rollback HOST --run demo-2");
    const at = `root@${host.address}`;
    saw((await command("history", at)).stdout);
    const { stdout, stderr, code } = await command("rollback", at, "--run", "demo-2", "--why", "customers of the second uplink are down");
    saw(stdout + stderr);
    expect(
      code === 0 && (await host.snapshot()) === good,
      "the host equals what it was before that run, under guard and confirmed by a fresh login",
    );

    begin("The program still says it: pulumi up --refresh, as a scheduled job would");
    const again = await stack.up(["--refresh"], { ...by("demo-3"), expectFailure: true });
    saw(linesWith(again.stdout + again.stderr, "took back"));
    expect((await host.snapshot()) === good, "it is refused, with who took it back and why, and nothing was changed");

    begin("git revert, pulumi up");
    await files.write({ "index.ts": program(host, 100) });
    await stack.up([], by("demo-4"));
    await stack.preview(["--refresh", "--expect-no-changes"]);
    expect((await host.snapshot()) === good, "program, state and host say the same");
    await stack.destroy();
    expect((await host.snapshot()) === before, "and pulumi destroy leaves the host as it was");
  } finally {
    await stack.remove();
    await files.remove();
  }
}
