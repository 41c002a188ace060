import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";

/** Rows that runs with POLICY_ROUTING_RECORD=1 keep in a file of the repository, for a table of the documents. */
export class Recorded<Row> {
  constructor(
    private readonly file: string,
    private readonly schema: z.ZodType<Row>,
    /** What makes two of them one row. */
    private readonly named: (row: Row) => readonly string[],
  ) {}

  /** It takes the place of what was seen earlier of the same. */
  note(row: Row): void {
    if (process.env["POLICY_ROUTING_RECORD"] !== "1") return;
    const name = this.named(row).join("\t");
    const all = this.read();
    const at = all.findIndex((one) => this.named(one).join("\t") === name);
    all.splice(at < 0 ? all.length : at, at < 0 ? 0 : 1, row);
    writeFileSync(this.file, `[\n${all.map((one) => ` ${JSON.stringify(one)}`).join(",\n")}\n]\n`);
  }

  read(): Row[] {
    return existsSync(this.file) ? z.array(this.schema).parse(JSON.parse(readFileSync(this.file, "utf8"))) : [];
  }
}
