// A controller of its own, as a second terminal or a CI job would be: makes one resource and prints it.
import { create } from "./resource";

async function main(): Promise<void> {
  const [kind = "", text = "{}"] = process.argv.slice(2);
  const fields: unknown = JSON.parse(text);
  if (typeof fields !== "object" || fields === null) throw new Error("fields are missing");
  const made = await create(kind, { ...fields });
  process.stdout.write(`${JSON.stringify(made)}\n`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
