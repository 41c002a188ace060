#!/usr/bin/env node
// Gets a Pulumi CLI onto a machine that has none, and says where it is.
//
// Why this exists: the engine tests, the demo and the benchmarks run the real engine, and a checkout must work on a bare machine
// after `npm install`. With internet that is what the npm package `pulumi` does. Machines for tests often reach only package mirrors:
// there the CLI is compiled from the Go module proxy, and the one piece that the proxy lacks, the language host for Node.js, is ours.
// The pieces land where the npm package `pulumi` looks, so `npx pulumi` works at the root as well.
//
// The order: an official `pulumi` on PATH; one that is installed already; the official download; a build.
// Plain JavaScript without dependencies: it must run before anything is compiled, on whatever Node.js (18 or newer) the machine has.
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "./build.mjs";
import { download } from "./download.mjs";
import { findInstalled, findOnPath } from "./find.mjs";
import { placeLanguageHost } from "./language-host.mjs";
import { oneAtATime } from "./lock.mjs";
import { binFolder, home, version } from "./release.mjs";

/** Its types are in ensure.d.mts. */
export async function ensureEngine() {
  const official = findOnPath();
  if (official) return { ...official, home: home(), source: "path" };

  const { pulumi, source } = alreadyInstalled() ?? (await oneAtATime(`${binFolder()}.lock`, obtain));
  placeLanguageHost();
  return { pulumi, version, home: home(), source };
}

async function obtain() {
  const installed = alreadyInstalled(); // by the process that held the lock before us
  if (installed) return installed;
  const downloaded = await download();
  if (downloaded) return { pulumi: downloaded, source: "downloaded" };
  return { pulumi: await build(), source: "built" };
}

function alreadyInstalled() {
  const pulumi = findInstalled();
  return pulumi && { pulumi, source: "installed" };
}

// No top-level await: CommonJS tests load this module with `require`, which refuses a module that awaits.
if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  ensureEngine().then(
    ({ pulumi }) => process.stdout.write(`${pulumi}\n`),
    (error) => {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 1;
    },
  );
}
