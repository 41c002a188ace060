import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let folder: string | undefined;

/** The path of a file with this text, for programs that read it from one: for this process alone, and gone with it. Never a secret. */
export function scratch(text: string): string {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), "policy-routing-"));
    process.once("exit", () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  const file = join(folder, createHash("sha256").update(text).digest("hex").slice(0, 16));
  if (!existsSync(file)) writeFileSync(file, text, { mode: 0o600 });
  return file;
}
