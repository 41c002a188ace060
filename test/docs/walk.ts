import type { Lab } from "../lab/lab";
import type { Result } from "../lab/run";
import { type Block, root } from "./page";
import { matches, talks } from "./talk";
import type { Terminal } from "./terminal";
import { replaced, valuesOf } from "./values";
import { wayOf } from "./ways";

/** What stands in for a command, and why. */
const standIns: ReadonlyMap<string | RegExp, string> = new Map<string | RegExp, string>([
  // test/engine/tarball.test.ts installs it.
  ["npm install pulumi-policy-routing @pulumi/pulumi", `echo '{ "private": true }' >package.json; ln -s ${root}/node_modules .`],
  // That a program goes back is git's own business.
  ["git revert --no-edit HEAD", "true"],
  // A person sees the preview first, by the same processes once more.
  [/\bpulumi (up|refresh|destroy)\b/g, "$& --skip-preview"],
]);

/** Does what the blocks say, one after the other; an error says what did not go as it is written. */
export async function walk(blocks: readonly Block[], lab: Lab, terminal: Terminal): Promise<void> {
  const values = valuesOf(lab);
  const here = (text: string): string =>
    replaced(
      [...standIns].reduce((all, [said, instead]) => all.replace(said, instead), text),
      values,
    );
  const asWritten = (text: string): string =>
    replaced(
      text,
      [...values].map(([said, real]) => [real, said] as const),
    );
  const onHost = (script: string): Promise<Result> => lab.hosts[0].result(`set -e\n${script}`);

  for (const block of blocks) {
    const way = wayOf(block);
    const type = way === "on the host" ? onHost : terminal.type;
    if (way === "file") await terminal.type(`cat >${block.mark}`, `${here(block.text)}\n`);
    if (way !== "run" && way !== "on the host") continue;
    if (block.language === "sh") {
      const { code, stdout, stderr } = await type(here(block.text));
      if (code !== 0) throw new Error(`exit code ${code}:\n${block.text}\n${stdout}${stderr}`);
      continue;
    }
    for (const { command, shown } of talks(block.text)) {
      const { stdout, stderr } = await type(here(command));
      const printed = asWritten(stdout + stderr);
      if (!matches(shown, printed)) throw new Error(`${command}\nprinted\n${printed}\nbut the page says\n${shown}`);
    }
  }
}
