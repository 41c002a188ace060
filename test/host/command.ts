import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { Connection } from "../../provider/src/declaration/connection";
import { type Result, run } from "../lab/run";
import type { Fields } from "./resource";

const main = join(__dirname, "../../provider/dist/cli/main.js");

interface Reached {
  readonly address: string;
  readonly keyPath: string;
  readonly knownHostsPath: string;
  readonly connection: Connection;
}

/** Runs a command of `policy-routing` that reads a host, by the login of its lab. */
export const commandAt = ({ address, keyPath, knownHostsPath }: Reached, command: string, ...more: string[]): Promise<Result> =>
  run([process.execPath, main, command, `root@${address}`, "--identity", keyPath, "--known-hosts", knownHostsPath, ...more]);

const printed = z.object({ hosts: z.record(z.string(), z.record(z.string(), z.unknown())) });

/** The host that `adopt` printed as a resource declares it, over the login of the lab. */
export function declaredBy({ connection }: Pick<Reached, "connection">, yaml: string): Fields {
  const [fields] = Object.values(printed.parse(parse(yaml)).hosts);
  return { ...fields, connection };
}
