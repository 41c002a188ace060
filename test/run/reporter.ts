// What mocha prints for a person, and at the end the counts for who started it, in the file of the option `output`.
import { writeFileSync } from "node:fs";
import { type MochaOptions, type Runner, reporters } from "mocha";

class Counting extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    runner.once("end", () => {
      const { passes, pending, failures } = this.stats;
      writeFileSync(options.reporterOptions.output, JSON.stringify({ passes, pending, failures }));
    });
  }
}

export = Counting;
