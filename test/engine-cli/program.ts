// A Pulumi program written by a test.
//
// It lives inside the workspace, so that `pulumi-policy-routing` and `@pulumi/pulumi` resolve as they do for a user:
// through node_modules, both for the program and for the plugin, whose working directory is the program's folder.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const programs = join(__dirname, "..", ".programs");

/** File names, relative to the program's folder, and their contents. */
export type Files = Readonly<Record<string, string>>;

export interface Program {
  readonly folder: string;
  /** Adds or replaces files: the next version of the same program. */
  write(files: Files): Promise<void>;
  remove(): Promise<void>;
}

const defaults: Files = {
  "Pulumi.yaml": "name: engine-test\nruntime: nodejs\n",
  "package.json": `{ "private": true }\n`,
};

export async function writeProgram(files: Files): Promise<Program> {
  await mkdir(programs, { recursive: true });
  const folder = await mkdtemp(join(programs, "program-"));
  const program: Program = {
    folder,
    async write(more) {
      for (const [name, text] of Object.entries(more)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), text);
      }
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
  await program.write({ ...defaults, ...files });
  return program;
}
