import { until } from "../lab/until";
import { differencesFromDeclared } from "./exact";
import type { Failing } from "./judge";
import { nextRun } from "./nextRun";
import type { Site } from "./site";

/** All programs are emptied: the host is as if nobody of ours had ever been there. */
export async function finish(site: Site): Promise<Failing[]> {
  for (const stack of site.stacks) stack.program.clear();
  const problems = [...(await nextRun(site)), ...(await differencesFromDeclared(site)), ...(await leftOn(site))];
  return problems.map((text) => ({ kind: "wrong", text: `at the end ${text}` }));
}

/** Files and processes of ours but the history, which stays: by this lab's own search. */
const search = `
find /etc /var/lib -path '*policy-routing*' ! -path '/var/lib/policy-routing' ! -path '/var/lib/policy-routing/history*' 2>/dev/null
ls -d /etc/rc.local 2>/dev/null
pgrep -af '/run/policy-routing/|/etc/policy-routing/'
:`;

/** A guard looks once a second whether its work is done. */
const patience = 5_000;

async function leftOn({ host }: Site): Promise<string[]> {
  let left: string[] = [];
  const look = async (): Promise<true | undefined> => {
    left = (await host.exec(search)).split("\n").filter((line) => line !== "" && !line.includes("pgrep -af"));
    return left.length === 0 ? true : undefined;
  };
  await until("everything of ours to be gone", look, patience, 100).catch(() => {});
  return left.map((line) => `there is still ${line}`);
}
