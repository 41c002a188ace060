// Puts a language host and the dynamic provider's plugin script next to a CLI that we built.
// (An official download brings its own; the Go module proxy has neither.)
import { chmodSync, closeSync, existsSync, openSync, readFileSync, readSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeFolder } from "./node-runtime.mjs";
import { binFolder } from "./release.mjs";

const languageHost = "pulumi-language-nodejs";
const plugin = "pulumi-resource-pulumi-nodejs";

/** Compares and repairs at every call, so that a change of our language host takes effect at once. */
export function placeLanguageHost() {
  if (isOfficial(join(binFolder(), languageHost))) return;
  for (const [name, text] of scripts()) place(join(binFolder(), name), text);
}

/** The official language host is a compiled program, ours starts with `#!`. */
function isOfficial(file) {
  if (!existsSync(file)) return false;
  const start = Buffer.alloc(2);
  const descriptor = openSync(file, "r");
  readSync(descriptor, start);
  closeSync(descriptor);
  return start.toString() !== "#!";
}

function scripts() {
  const sdk = dirname(createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"));
  const source = fileURLToPath(new URL(`${languageHost}.cjs`, import.meta.url));
  return new Map([
    [`${languageHost}.cjs`, readFileSync(source, "utf8")],
    [languageHost, withNodeFirst(`#!/bin/sh\nexec node "$0.cjs" "$@"\n`)],
    [plugin, withNodeFirst(readFileSync(join(sdk, plugin), "utf8"))],
  ]);
}

/** In PATH and not as an absolute interpreter: should this checkout be gone one day, the `node` of the machine still serves. */
function withNodeFirst(shellScript) {
  const [shebang, ...rest] = shellScript.split("\n");
  return [shebang, `PATH='${nodeFolder().replaceAll("'", String.raw`'\''`)}':"$PATH"`, ...rest].join("\n");
}

/** By rename, since an engine that runs right now may start the file at any moment. Never a symlink: the checkout may move. */
function place(file, text) {
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, text);
  chmodSync(unfinished, 0o755);
  renameSync(unfinished, file);
}
