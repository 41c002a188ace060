// Without internet: the CLI is compiled from the Go module proxy. cli/go.mod says why it needs a module of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { availableParallelism, setPriority } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { goEnvironment, goFlags } from "./go.mjs";
import { elapsedSeconds, tell } from "./progress.mjs";
import { binFolder, cli, version } from "./release.mjs";

const module = fileURLToPath(new URL("cli/", import.meta.url));
const command = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
const packagesInAll = 1_680; // counted at 3.259.0; only for the progress line
const secondsBetweenLines = 30;

export async function build() {
  requireSameVersion();
  mkdirSync(binFolder(), { recursive: true });
  const unfinished = join(binFolder(), `.pulumi-${process.pid}`);
  tell(
    `Building the Pulumi CLI ${version} from the Go module proxy: about 5 minutes on 2 cores (this machine has ${availableParallelism()}).`,
  );
  try {
    await compile(unfinished);
    renameSync(unfinished, cli());
  } finally {
    rmSync(unfinished, { force: true });
  }
  tell(`The Pulumi CLI is at ${cli()}.`);
  return cli();
}

/** A CLI of another version than the folder it lands in would be found, and wrong, for ever. */
function requireSameVersion() {
  const pinned = /pulumi\/pkg\/v3 v(\S+)/.exec(readFileSync(join(module, "go.mod"), "utf8"))?.[1];
  if (pinned !== version) {
    throw new Error(
      `${module}go.mod builds Pulumi ${pinned}, but the npm package pulumi is ${version}: set both to one version, then run \`go mod tidy\` in ${module}`,
    );
  }
}

async function compile(output) {
  const flags = ["-v", "-mod=readonly", ...goFlags, "-o", output, "-ldflags", `-s -w -X ${versionVariable}=v${version}`];
  const child = spawn("go", ["build", ...flags, command], {
    cwd: module,
    stdio: ["ignore", "ignore", "pipe"],
    env: goEnvironment,
  });
  await once(child, "spawn").catch((cause) => {
    throw new Error("the Pulumi CLI has to be built, but there is no Go: put `go` (1.25 or newer) on PATH, or an official `pulumi`", {
      cause,
    });
  });
  setPriority(child.pid, 10); // a build must not starve the tests beside it

  const lastLines = [];
  let packages = 0;
  const progress = setInterval(() => tell(`Compiled ${packages} of about ${packagesInAll} packages.`), secondsBetweenLines * 1000);
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (!line.startsWith("go: ")) packages += 1;
    lastLines.push(line);
    if (lastLines.length > 20) lastLines.shift();
  });
  const [code, signal] = await once(child, "close");
  clearInterval(progress);
  if (code !== 0) {
    throw new Error(`\`go build\` ended with ${signal ?? `exit code ${code}`} after ${elapsedSeconds()} s:\n${lastLines.join("\n")}`);
  }
}
