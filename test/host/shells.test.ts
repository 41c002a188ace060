import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, before, beforeEach, describe, it } from "mocha";
import { library } from "../../provider/src/host/scripts";
import { ensurePackages } from "../lab/packages.mjs";

const shells = [["dash"], ["bash"], ["busybox", "sh"]] as const;

for (const [shell, ...words] of shells)
  describe(`the functions that frames call, run by ${shell}`, () => {
    let folder: string;
    before(() => ensurePackages(["busybox"]));
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "policy-routing-"));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    const run = (text: string): string =>
      execFileSync(shell, [...words, "-c", `${library}\nrun=${folder}\n${text}`], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });

    const lock = "txn t-1\\npid 1\\nstart 1\\ndeadline 99999999\\nholder me\\nend\\n";
    const telling = `lock_held && echo "held by $lock_txn"; echo "cleared $cleared"`;

    it("a lock that is released while it is read is no lock that cannot be read", () => {
      const released = `read() { : >"$run/lock.7"; command read "$@"; }`;
      assert.equal(run(`printf '${lock}' >"$run/lock.7"\n${released}\n${telling}`), "cleared \n");
    });

    it("a lock that is gone with the next one while it is read: the next one counts", () => {
      const taken = `mv "$run/lock.7" "$run/lock.8" 2>/dev/null && sed -i s/t-1/t-2/ "$run/lock.8"`;
      const read = `read() { if [ -e "$run/lock.7" ]; then ${taken}; return 1; fi; command read "$@"; }`;
      assert.equal(run(`printf '${lock}' >"$run/lock.7"\n${read}\n${telling}`), "held by t-2\ncleared \n");
    });

    it("a guard that saw that it is time goes by the pause that another guard began meanwhile, and whoever else comes does not", () => {
      const paused = `dir=${folder}; uptime_now; : >"$dir/firing.0.$((now + 100)).2"; undo_all() { echo undoes; }`;
      assert.equal(run(`${paused}; patient=1; fire || echo waits; patient=''; fire`), "waits\nundoes\n");
    });

    it("an undo of which nothing is there reads each of its lines once, and complains of what was refused only", () => {
      const count = 300;
      const lines = Array.from({ length: count }, (_, index) => `rule del pref ${index + 1}`);
      const refusal = "RTNETLINK answers: Operation not permitted";
      const answers = lines.map(
        (_, index) => `${index === 149 ? refusal : "RTNETLINK answers: No such process"}\nCommand failed -:${index + 1}`,
      );
      const text = `ip() { cat >/dev/null; printf '%s\\n' '${answers.join("\n")}'; return 1; }
reads=0 complaints=''
read() { reads=$((reads + 1)); command read "$@"; }
batch_undo 4 <<'END'
${lines.join("\n")}
END
echo "$complaints$reads"`;
      const [complaint, reads] = run(text).split("\n");
      assert.equal(complaint, `ip -4 rule del pref 150: ${refusal}`);
      assert.ok(Number(reads) < 4 * count, `${reads} reads`);
    });
  });
