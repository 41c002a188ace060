import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { type Host, type Lab, startLab } from "../lab/lab";

/** The functions that run on hosts, as a connection's shell and the guard have them. */
const library = ["facts", "observe", "probes", "lock", "change", "arm", "transact", "hold", "guard"]
  .map((name) => readFileSync(join(__dirname, `../../provider/sh/${name}.sh`), "utf8"))
  .join("\n");

/** Lets some functions go for one armed transaction at once, again and again, and says how often each end was seen. */
const races = (count: number, rivals: readonly string[], more: string): string => `${library}
audit() { read -r _; }
mkdir -p $run
i=0
while [ $i -lt ${count} ]; do
  i=$((i + 1))
  dir=$run/t-race
  mkdir $dir
  : >$dir/armed
  ${rivals.map((rival, index) => `[ $((i % ${rivals.length})) -ne ${index} ] || (${rival}) >/dev/null &`).join("\n  ")}
  ${rivals.map((rival, index) => `[ $((i % ${rivals.length})) -eq ${index} ] || (${rival}) >/dev/null &`).join("\n  ")}
  wait
  ends=''
  for end in armed firing confirmed fired ${more}; do
    for file in $dir/$end $dir/$end.*; do [ ! -e $file ] || ends="$ends $end"; done
  done
  echo $ends
  rm -r $dir
done | sort | uniq -c`;

describe("confirm against guard", function () {
  // Its time is that of 4,000 processes, on whatever else the machine does.
  this.timeout(300_000);
  let lab: Lab;
  let host: Host;
  before(async () => {
    lab = await startLab({ name: "test-guard-race" });
    host = lab.hosts[0];
  });
  after(() => lab.stop());

  const seen = async (count: number, rivals: readonly string[], more = ""): Promise<Map<string, number>> => {
    const said = await host.exec(races(count, rivals, more), { timeoutMs: 240_000 });
    const lines = said.split("\n").flatMap((line) => {
      const [, times, ends = ""] = /^ *([0-9]+) ?(.*)$/.exec(line) ?? [];
      return times === undefined ? [] : [[ends, Number(times)] as const];
    });
    return new Map(lines);
  };

  it("2,000 times at the same instant: each time exactly one of the two wins", async () => {
    const ends = await seen(2000, ["confirm t-race", "fire"]);
    const [confirmed = 0, fired = 0] = [ends.get("confirmed"), ends.get("fired")];
    assert.equal(confirmed + fired, 2000, JSON.stringify([...ends]));
    assert.ok(confirmed > 20 && fired > 20, `no race: ${confirmed} confirmed, ${fired} fired`);
  });

  it("more time at the guard's last instant: whoever was told that it has it is right", async () => {
    // Its time is over as the rivals begin; the guard comes sooner or later.
    const watching =
      "mark=guard deadline=0; uptime_now() { now=100; }; n=0; while [ $n -lt $((i % 20 * 400)) ]; do n=$((n + 1)); done; fire; :";
    const prolonging = `now=100; uptime_now() { now=100; }; is_late() { return 1; }; printf 'txn t-race\\npid 1\\nstart 1\\ndeadline 105\\nholder x\\nend\\n' >$run/lock.1; prolong t-race 30 35 60 controller | grep -q prolonged && : >$dir/told`;
    const ends = await seen(400, [watching, prolonging], "told");
    assert.equal(ends.get("fired told") ?? 0, 0, JSON.stringify([...ends]));
    const [kept = 0, fired = 0] = [ends.get("armed told"), ends.get("fired")];
    assert.ok(kept > 5 && fired > 5, `no race: ${JSON.stringify([...ends])}`);
  });

  it("of two guards and one who retracts, one undoes", async () => {
    const rival = (pid: string): string =>
      `process() { start=1; [ "$1" != "$$" ] || start=${pid}; }; undo_all() { echo x >>$dir/undone; mv $me $dir/fired; }; fire; :`;
    const ends = await seen(100, [rival("1"), rival("2"), rival("3")]);
    assert.deepEqual([...ends], [["fired", 100]]);
  });
});
