import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, before, beforeEach, describe, it } from "mocha";
import { library, replay } from "../../provider/src/host/scripts";
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

    /** With a network of its own, whose kernel is the real one. */
    const run = (text: string): string =>
      execFileSync("unshare", ["-n", shell, ...words, "-c", `${library}\nrun=${folder}\n${text}`], {
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

    it("a folder of the transaction's name that is there is another one's, and stays as it is", () => {
      const another = `mkdir "$run/r-1"; echo another >"$run/r-1/holder"`;
      assert.equal(run(`${another}\ntake_lock r-1 0 20 me; echo $?; cat "$run"/r-1/*; ls "$run"`), "1\nanother\nr-1\n");
    });

    it("two scripts that put back, of one process number in two PID namespaces: who comes second takes nothing from the first", () => {
      const wait = (file: string): string => `n=0; until [ -e ${file} ] || [ $n -ge 1000 ]; do n=$((n + 1)); /bin/sleep 0.01; done`;
      const script = (path: string, text: string): void => {
        writeFileSync(`${folder}/${path}`, text);
        chmodSync(`${folder}/${path}`, 0o755);
      };
      for (const path of ["bin", "etc", "etc/objects"]) mkdirSync(`${folder}/${path}`, { mode: 0o700 });
      const header = ["# pulumi-policy-routing 1", "40-rule-inet-7", "4", "rule inet 7", "id", "stack", "none", "214"].join("\t");
      writeFileSync(`${folder}/etc/objects/40-rule-inet-7`, `${header}\nrule add pref 7 table 100 proto 214\n`, { mode: 0o600 });
      script(
        "replay",
        replay.text.replaceAll("'/run/policy-routing'", `'${folder}/run'`).replaceAll("'/etc/policy-routing'", `'${folder}/etc'`),
      );
      const alone = ["--pid", "--fork", "--mount-proc", shell, ...words, `${folder}/replay`];
      // One that has seen that nobody holds the host goes on when the other one does. When it has cleaned up behind itself, the other one goes on.
      const starts = `mkdir other 2>/dev/null && { unshare ${alone.join(" ")} >other/said 2>&1 </dev/null & ${wait("holding")}; }`;
      const cases = `*"rule show"*) ${starts} ;; *-batch*) : >holding; ${wait("seen")} ;;`;
      script("bin/ip", `#!/bin/sh\ncd ${folder}\ncase "$*" in ${cases} esac\nexec "$(PATH=\${PATH#*:} command -v ip)" "$@"\n`);
      script("bin/rm", `#!/bin/sh\n[ -e ${folder}/seen ] || cat ${folder}/run/lock.* >${folder}/seen\nexec /bin/rm "$@"\n`);
      const env = { ...process.env, PATH: `${folder}/bin:${process.env["PATH"]}` };
      execFileSync("unshare", ["--net", ...alone], { env, stdio: "ignore" });
      assert.match(readFileSync(`${folder}/seen`, "utf8"), /^txn r-1-[0-9]+\npid 1\n/);
      assert.equal(readFileSync(`${folder}/other/said`, "utf8"), "added rule inet 7\n");
    });

    it("a unit, a drop-in or a hook that somebody masked is told, and stays masked", () => {
      const masked = `unit=$run/unit hook=$run/hook dropin=$run/dropin wants=$run/none rc=$run/none; for one in unit hook dropin; do ln -s /dev/null "$run/$one"; done`;
      const written = `for one in unit hook dropin; do echo text | put_in_place "$run/$one" 644 && echo written; done`;
      const told = ["unit", "hook", "dropin"].map((one) => `${folder}/${one} is a link to /dev/null, which is not ours: is it masked?\n`);
      const left = `etc=$run objects=$run/none; call_script; cd "$run" && readlink unit hook dropin`;
      assert.equal(run(`${masked}\n${written}\n${left}`), `${told.join("")}/dev/null\n/dev/null\n/dev/null\n`);
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

    /** A change of these lines, behind `before`: what is wrong with it, how often `ip` ran, and what comes behind that. */
    const changing = (before: string, lines: readonly string[], behind = ""): readonly string[] => {
      const counted = `ip() { echo >>"$dir/calls"; command ip "$@"; }`;
      const text = `dir=$run; : >"$dir/armed"; : >"$dir/calls"; change; ${before}\n${counted}\nbatch 4 9 '${lines.join("\n")}'\n`;
      return run(`${text}echo "$failed"; wc -l <"$dir/calls"; ${behind}`).trimEnd().split("\n");
    };
    const count = 400;
    const routes = Array.from({ length: count }, (_, index) => `198.51.${index >> 8}.${index & 255} dev eth1 table 100 proto 214`);
    const deleted = routes.map((route) => `route del ${route}`);
    const taken = `ip link add eth1 type veth peer name eth2; ip link set eth1 up; printf 'route add %s\\n' ${routes.map((route) => `'${route}'`).join(" ")} | ip -batch -; ip link set eth1 down`;
    const rule = "pref 7 from 192.0.2.1 table 100 proto 214";

    it("routes that the kernel took with their device go all at once, and what is to come behind them comes", () => {
      const lines = [
        "rule add pref 6 table 100 proto 214",
        ...deleted,
        `rule add ${rule}`,
        ...deleted.slice(0, 3),
        "rule del pref 6 proto 214",
      ];
      assert.deepEqual(changing(taken, lines, "command ip -N rule show | grep proto || :"), [
        "",
        "5",
        "7:\tfrom 192.0.2.1 lookup 100 proto 214",
      ]);
      assert.deepEqual(changing("", ["nexthop del id 7", "nexthop del id 8"]), ["", "2"]);
    });

    it("what is refused among them is told by its line, and nothing behind them is done", () => {
      const refused = "route add 192.0.2.0/24 dev eth1 table 100 proto 214";
      const [why, where, calls, ...rest] = changing(
        taken,
        [...deleted, refused, `rule add ${rule}`],
        "command ip -N rule show | grep proto || :",
      );
      assert.deepEqual([where, calls, rest], [`Command failed -:${count + 1}`, "3", []]);
      assert.match(String(why), /Device for nexthop is not up|Network is down/);
      const wrong = "route del 198.51.0.7/33 dev eth1 table 100 proto 214";
      const unknown = changing(taken, [...deleted.slice(0, 7), wrong, ...deleted.slice(7)]);
      assert.deepEqual(unknown, ['Error: inet prefix is expected rather than "198.51.0.7/33".', "2"], "ip ends there and says no number");
      // No kernel refuses root the delete of one route among others.
      const answers = ["No such process\\nCommand failed -:1", "Operation not permitted\\nCommand failed -:5"];
      const forbidding = `command() { case "$*" in *-force*) cat >/dev/null; printf '${answers.map((one) => `RTNETLINK answers: ${one}\\n`).join("")}'; return 1 ;; *) exec "$@" ;; esac; }`;
      const told = changing(`${taken}; ${forbidding}`, [`rule add ${rule}`, ...deleted]);
      assert.deepEqual(told, ["RTNETLINK answers: Operation not permitted", "Command failed -:6", "2"]);
    });
  });
