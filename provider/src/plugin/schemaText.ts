import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What the engine and the generators of SDKs are told of this package: generated from the descriptors. */
export const schemaText = (): string => readFileSync(join(__dirname, "..", "..", "schema.json"), "utf8");
