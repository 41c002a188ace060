// Which Pulumi CLI is wanted, and where the npm package `pulumi` looks for it.
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

const resolve = createRequire(import.meta.url);

/** The npm package `pulumi` is a wrapper that runs the CLI of exactly its own version, so that version is the one to have. */
export const version = resolve("pulumi/package.json").version;

/** Read at each call, because tests give every child its own PULUMI_HOME. */
export const home = () => process.env.PULUMI_HOME || join(homedir(), ".pulumi");

/** `npx pulumi` looks here, and the engine looks for its bundled plugins in the folder that the CLI itself is in. */
export const binFolder = () => join(home(), "versions", version, "bin");

export const cli = () => join(binFolder(), "pulumi");
