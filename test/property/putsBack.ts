import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileOf } from "../../provider/src/kernel/persist/stored";
import type { KernelNamespace } from "./kernelNamespace";

const sh = join(__dirname, "../../provider/sh");
const brought = (...names: readonly string[]): string => names.map((name) => `. ${sh}/${name}.sh\n`).join("");

/** What looks after a host, with a store of its own, by the kernel of a namespace. */
export class PutsBack {
  readonly #folder = mkdtempSync(join(tmpdir(), "puts-back-"));

  constructor(
    private readonly kernel: KernelNamespace,
    private readonly proto: number,
  ) {
    for (const name of ["objects", "run"]) mkdirSync(join(this.#folder, name));
  }

  /** Persists an entry that follows a device, by its lines. */
  keep(stage: number, key: string, lines: readonly string[]): void {
    const file = fileOf(stage, key);
    const channel = key.split(" ")[1] === "inet6" ? 6 : 4;
    const header = ["# pulumi-policy-routing 4", file, channel, key, "a", "s", "systemd", this.proto].join("\t");
    writeFileSync(join(this.#folder, "objects", file), [header, ...lines, ""].join("\n"));
  }

  letGo(stage: number, key: string): void {
    rmSync(join(this.#folder, "objects", fileOf(stage, key)));
  }

  /** One pass; what it says. */
  pass(): string {
    return this.script(`found=$(missing); printf '%s\\n' "$found" | restore first
      found=$(missing); printf '%s\\n' "$found" | remove_surplus
      printf '%s\\n' "$found" | replace_changed`);
  }

  script(text: string): string {
    const folders = `etc=${this.#folder} run=${this.#folder}/run\n`;
    const whole = `${brought("facts", "lock")}${folders}${brought("follow", "missing", "restore")}${text}`;
    const { stdout, stderr } = spawnSync("ip", ["netns", "exec", this.kernel.name, "sh", "-c", whole], { encoding: "utf8" });
    assert.equal(stderr, "");
    return stdout;
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
