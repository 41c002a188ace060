// Pulumi's language host for YAML beside a CLI that we built: compiled once from the Go module proxy. An official CLI brings its own.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ensureEngine } from "./ensure.mjs";
import { goEnvironment, goFlags } from "./go.mjs";
import { oneAtATime } from "./lock.mjs";
import { tell } from "./progress.mjs";
import { binFolder } from "./release.mjs";

const host = "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml@v1.25.0";

/** Its types are in yaml-host.d.mts. */
export async function ensureYamlHost() {
  const { source } = await ensureEngine();
  if (source === "path" || source === "downloaded") return;
  await oneAtATime(`${binFolder()}.yaml.lock`, async () => {
    if (existsSync(join(binFolder(), "pulumi-language-yaml"))) return;
    tell("Building Pulumi's language host for YAML from the Go module proxy: about 80 seconds, once.");
    await promisify(execFile)("go", ["install", ...goFlags, "-ldflags", "-s -w", host], {
      env: { ...goEnvironment, GOFLAGS: "-mod=mod", GOBIN: binFolder() },
    });
  });
}
