// The scripts that run on hosts are two texts there, what frames call and what replays: they are checked as such, as POSIX sh.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ensurePackages } from "../test/lab/packages.mjs";

await ensurePackages(["shellcheck"]);
const folder = join(import.meta.dirname ?? ".", "..", "provider", "sh");
const files = readdirSync(folder).filter((name) => name.endsWith(".sh"));
const replayed = ["follow.sh", "missing.sh", "restore.sh", "takeback.sh", "monitor.sh", "replay.sh"];
const shared = ["facts.sh", "lock.sh"];
for (const text of [files.filter((name) => !replayed.includes(name)), [...shared, ...replayed]]) {
  try {
    execFileSync("shellcheck", ["--shell=sh", "-"], {
      input: text.map((name) => readFileSync(join(folder, name), "utf8")).join("\n"),
      stdio: ["pipe", "inherit", "inherit"],
    });
  } catch {
    process.exitCode = 1;
  }
}
