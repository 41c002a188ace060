import { openStack, writeProgram } from "../engine-cli/engine";
import type { Lab } from "../lab/lab";
import type { CutOffTimes } from "./picture";
import { begin, expect, linesWith, saw } from "./tell";

const confirmTimeout = 8;

const program = (client: string, override: boolean, connection: object): string => `
import { PolicyRule } from "pulumi-policy-routing";
new PolicyRule("cut-off", {
  connection: ${JSON.stringify(connection)},
  priority: 500, to: ${JSON.stringify(client)}, action: "blackhole",
  guard: { confirmTimeout: ${confirmTimeout}${override ? ", allowManagementPathChange: true" : ""} },
});
`;

/** A change that would cut the host off: refused; and when a person insists, undone by the host itself. When that was, as it was seen. */
export async function cutOff(lab: Lab): Promise<CutOffTimes> {
  const [host] = lab.hosts;
  const before = await host.snapshot();
  const client = (await host.exec("ip -4 -o addr show dev mgmt")).match(/inet ([0-9.]+)\.[0-9]+\//)?.[1];
  if (client === undefined) throw new Error("the host has no management address");
  const controller = `${client}.1`;
  const files = await writeProgram({ "index.ts": program(controller, false, host.connection) });
  const stack = await openStack({ program: files.folder });
  try {
    begin(`A rule that drops all packets to ${controller}, where Pulumi runs`);
    const refused = await stack.up([], { expectFailure: true });
    saw(linesWith(refused.stdout + refused.stderr, "refused"));
    expect((await host.snapshot()) === before, "nothing was changed");

    begin("The same with guard: { allowManagementPathChange: true }");
    await files.write({ "index.ts": program(controller, true, host.connection) });
    const started = Date.now();
    const up = stack.spawn("up");
    const now = (): number => (Date.now() - started) / 1000;
    let [applied, undone] = [0, 0];
    const poll = async (): Promise<void> => {
      while (undone === 0 && up.child.exitCode === null) {
        const isThere = (await host.exec("ip rule show")).includes("500:");
        if (isThere && applied === 0) applied = now();
        if (!isThere && applied > 0) undone = now();
      }
    };
    await Promise.all([poll(), up.ended]);
    const told = now();
    const { code, stdout, stderr } = await up.ended;
    expect(applied > 0, `the rule was applied after ${applied.toFixed(1)} s: the host was cut off`);
    expect(undone > applied, `the host's guard took it back after ${undone.toFixed(1)} s`);
    saw(linesWith(stdout + stderr, "reverted"));
    expect(
      code !== 0 && (stdout + stderr).includes("reverted (verified)"),
      `the host came back by itself, and after ${told.toFixed(1)} s pulumi up said so`,
    );
    expect((await host.snapshot()) === before, "the host equals what it was");
    const state = await stack.export();
    expect(!JSON.stringify(state).includes("cut-off"), "the rule is not in the state");
    return { applied, undone, told, confirmTimeout };
  } finally {
    await stack.remove();
    await files.remove();
  }
}
