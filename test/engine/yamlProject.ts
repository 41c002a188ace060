// Programs in YAML: no SDK of any language stands between them and the plugin's schema.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before } from "mocha";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { openStack, type Stack, type StackOptions, writeProgram } from "../engine-cli/engine";
import { ensureYamlHost } from "../engine-cli/yaml-host.mjs";
import type { Host } from "../lab/lab";

type Json = Readonly<Record<string, unknown>>;

/** What stands below the head of a Pulumi.yaml. */
export interface YamlProgram {
  readonly resources?: Json;
  readonly variables?: Json;
  readonly outputs?: Json;
}

export interface YamlProject {
  readonly folder: string;
  readonly stack: Stack;
  write(program: YamlProgram): Promise<void>;
}

// What one test says twice stands there twice: YAML's host takes no aliases.
const textOf = (program: YamlProgram): string =>
  stringify(
    {
      name: "yaml-test",
      runtime: "yaml",
      plugins: { providers: [{ name: "policyrouting", path: join(__dirname, "../../provider/bin") }] },
      ...program,
    },
    { aliasDuplicateObjects: false },
  );

/** Opens projects for the tests of a file, each with a stack of its own, gone after its test. */
export function useYaml(): (program: YamlProgram, options?: Partial<StackOptions>) => Promise<YamlProject> {
  let cleanups: (() => Promise<void>)[] = [];
  before(() => ensureYamlHost());
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  return async (first, options = {}) => {
    const { folder, write, remove } = await writeProgram({ "Pulumi.yaml": textOf(first) });
    cleanups = [...cleanups, remove];
    const stack = await openStack({ program: folder, ...options });
    cleanups = [...cleanups, () => stack.remove()];
    return { folder, stack, write: (program) => write({ "Pulumi.yaml": textOf(program) }) };
  };
}

/** A home whose configuration of ssh says how to log in: the id of an import names the address alone. */
export function useSshHome(): { readonly env: () => Readonly<Record<string, string>>; knows(host: Host): Promise<void> } {
  let home = "";
  before(async () => {
    home = await mkdtemp(join(tmpdir(), "policy-routing-home-"));
    await mkdir(join(home, ".ssh"));
  });
  after(() => rm(home, { recursive: true, force: true }));
  return {
    env: () => ({ HOME: home }),
    async knows({ address, connection: { user, privateKeyPath, knownHostsPath } }) {
      const login = `Host ${address}\n  User ${user}\n  IdentityFile ${privateKeyPath}\n  UserKnownHostsFile ${knownHostsPath}\n`;
      await writeFile(join(home, ".ssh", "config"), login, { flag: "a" });
    },
  };
}

const generated = z.object({ resources: z.record(z.string(), z.unknown()) });

/** `pulumi import` of a whole host as `edge`, and the program that the engine writes for it. */
export async function importHost(
  { stack, folder }: YamlProject,
  { address }: Host,
): Promise<{ readonly seconds: number; readonly printed: string; readonly program: YamlProgram }> {
  const out = join(folder, "generated.yaml");
  const what = ["policyrouting:index:HostRouting", "edge", `${address}/routing`];
  const how = ["--yes", "--skip-preview", "--protect=false", "--out", out, "--stack", stack.name];
  const { seconds, stdout, stderr } = await stack.run(["import", ...what, ...how]);
  return { seconds, printed: stdout + stderr, program: generated.parse(parse(await readFile(out, "utf8"))) };
}
