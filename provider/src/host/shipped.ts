import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A file that the package ships beside its code, by its path there. The bundled plugin is one file, and holds the texts instead of this (scripts/bundle). */
export const shipped = (path: string): string => readFileSync(join(__dirname, "..", "..", path), "utf8");
