import type { Site } from "../site";

/** Process ids of the guards on a host, whatever started them. */
export async function guardsOf({ host }: Site): Promise<string[]> {
  const found = await host.exec("pgrep -f '^sh /run/policy-routing/(net-[0-9]+/)?t-[0-9a-f]*/guard' || true");
  return found.split("\n").filter((pid) => pid !== "");
}
