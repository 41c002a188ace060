import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { escapeOutput } from "../../errors";

const run = promisify(execFile);

/** What is checked out in the folder of the program; undefined outside of a repository, or without git. */
export async function commitHere(): Promise<string | undefined> {
  try {
    const options = { timeout: 5000 };
    const { stdout: commit } = await run("git", ["rev-parse", "--short=12", "HEAD"], options);
    const { stdout: changed } = await run("git", ["status", "--porcelain", "--untracked-files=no"], options);
    return escapeOutput(`${commit.trim()}, checked out here${changed.trim() === "" ? "" : " with changes that are not committed"}`);
  } catch {
    return undefined;
  }
}
