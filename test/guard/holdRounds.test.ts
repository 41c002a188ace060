import { strict as assert } from "node:assert";
import { describe } from "mocha";
import { create, read, refusal } from "../host/resource";
import type { Host } from "../lab/lab";
import { run, verified } from "./fixture";
import { breakProbe, heldFields } from "./held";
import { atOnce } from "./scenarios";

const looks = "/tmp/looks";

/** Breaks what is probed right before a look: by `mv`, which gives the guard its time. The last: within a second of the end. */
async function breakAt(host: Host, when: 1 | 2 | "last"): Promise<void> {
  const isTime = when === "last" ? `[ "$ends" -le $((\${now%%.*} + 1)) ]` : `[ "$n" -eq ${when} ]`;
  await host.replaceBinary(
    "/usr/bin/mv",
    `#!/bin/sh
case "$*" in -f\\ */held.new\\ *)
  n=0
  { read -r n <${looks}; } 2>/dev/null
  n=$((n + 1))
  echo $n >${looks}
  read -r now _ </proc/uptime
  ends=$(sed -n 's/^until //p' "$2")
  if ${isTime}; then ${breakProbe}; fi ;;
esac
exec mv.real "$@"
`,
  );
}

/** Its message, and how many looks there were. */
async function undone(host: Host, when: 1 | 2 | "last", hold: number): Promise<{ message: string; count: number }> {
  const before = await host.snapshot();
  await breakAt(host, when);
  const { message } = await refusal(create("HostRouting", heldFields(host, { hold })));
  assert.match(message, verified);
  await host.exec(breakProbe.replace("add", "del"));
  assert.equal(await host.snapshot(), before);
  assert.equal((await host.result(`ls ${run}/t-*/armed`)).stdout, "");
  assert.equal((await host.result("ls /var/lib/policy-routing/history")).stdout, "");
  return { message, count: Number(await host.exec(`cat ${looks}`)) };
}

const failed = /held for ([0-9]+) of ([0-9]+) s, then route 198\.18\.200\.1 dev eth1 failed: /;

describe("a probe of a change that is held", function () {
  this.timeout(180_000);

  atOnce("test-guard-hold-rounds", {
    "may fail at the first look: it is undone, and there is no second one": async (host) => {
      const { message, count } = await undone(host, 1, 60);
      assert.match(message, failed);
      assert.equal(count, 1);
    },

    "may fail at one in between: it is undone at once, long before the end": async (host) => {
      const { message, count } = await undone(host, 2, 60);
      const [, after] = failed.exec(message) ?? [];
      assert.ok(Number(after) < 30, message);
      assert.equal(count, 2);
    },

    "may fail at the last one, when all but its end is over: it is undone all the same": async (host) => {
      const { message, count } = await undone(host, "last", 6);
      const [, after] = failed.exec(message) ?? [];
      assert.ok(Number(after) >= 5, message);
      assert.ok(count > 1, `${count} looks`);
    },
  });
});

describe("a clock that is set on the controller while a change is held", function () {
  this.timeout(180_000);

  atOnce("test-guard-hold-clock", {
    "moves neither the end of the hold nor the guard's": async (host) => {
      const now = Date.now;
      const began = performance.now();
      let steps = 0;
      // An hour ahead, then back, at every reading.
      Date.now = () => now() + (steps++ % 2 === 0 ? 3600_000 : -3600_000);
      try {
        const made = await create("HostRouting", heldFields(host, { hold: 10 }));
        assert.notEqual(await read(made), undefined);
      } finally {
        Date.now = now;
      }
      const seconds = (performance.now() - began) / 1000;
      assert.ok(seconds >= 10 && seconds < 60, `${seconds} s`);
      assert.ok(steps > 0);
    },
  });
});
