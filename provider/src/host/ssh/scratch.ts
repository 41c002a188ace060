import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, mkdtempSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The path of a file with this text, for programs that read it from one. One text is one file, which stays for the next run. Never a secret. */
export function scratch(text: string): string {
  const file = join(folder(), createHash("sha256").update(text).digest("hex").slice(0, 32));
  if (existsSync(file)) return file;
  const next = `${file}.${process.pid}`;
  writeFileSync(next, text, { mode: 0o600 });
  renameSync(next, file);
  return file;
}

let other: string | undefined;

/** Nobody else's: where somebody made it before us, it is one of this process. */
function folder(): string {
  const uid = process.getuid?.() ?? 0;
  const own = join(process.env["XDG_RUNTIME_DIR"] ?? tmpdir(), `policy-routing-${uid}`);
  try {
    mkdirSync(own, { recursive: true, mode: 0o700 });
    const { uid: owner, mode } = lstatSync(own);
    if (owner === uid && (mode & 0o170077) === 0o040000) return own;
  } catch {} // not writable, or no folder
  other ??= mkdtempSync(join(tmpdir(), "policy-routing-"));
  return other;
}
