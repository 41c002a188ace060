import { strict as assert } from "node:assert";
import { after, before, it } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { type Host, type Lab, startLab } from "../lab/lab";

/** They wait for deadlines: all at once, each on a host of its own. Inside a `describe`. */
export function atOnce(name: string, scenarios: Readonly<Record<string, (host: Host) => Promise<void>>>): void {
  let lab: Lab;
  const running = new Map<string, Promise<unknown>>();
  before(async () => {
    const all = Object.entries(scenarios);
    lab = await startLab({ name, hosts: all.length });
    for (const [index, [title, scenario]] of all.entries()) {
      const host = lab.hosts[index];
      assert.ok(host !== undefined);
      running.set(
        title,
        scenario(host).then(
          () => undefined,
          (error: unknown) => error,
        ),
      );
    }
  });
  after(async () => {
    closeHosts();
    await lab.stop();
  });
  for (const title of Object.keys(scenarios))
    it(title, async () => {
      const error = await running.get(title);
      if (error !== undefined) throw error;
    });
}
