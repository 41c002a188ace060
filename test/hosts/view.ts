import { isDeepStrictEqual } from "node:util";
import { run } from "../lab/run";
import { until } from "../lab/until";
import type { Subject } from "./subject";

/** What stands on a machine, by the controller's own programs: its own may be missing, slow or lie. */
export interface View {
  /** What carries our tags in the managed namespace, a line each, as `ip` prints it. */
  readonly ours: readonly string[];
  /** What does not, and what stands in the machine's other namespaces. Rules keep their order, which decides. */
  readonly others: readonly string[];
  /** What of /etc and of the settings of devices the product may touch. */
  readonly files: readonly string[];
}

const tables = `
show() { n=$1; shift; ip -N -o "$@" 2>/dev/null | awk -v n="$n" -v bulk=" proto $bulk( |$)" '
  bulk != " proto ( |$)" && $0 ~ bulk { count++; size += length($0); next }
  { print n $0 }
  END { if (count) print n count " of proto in bulk, " size " letters" }'; }
show 'rule 4 ' -4 rule show
show 'rule 6 ' -6 rule show
show 'route 4 ' -4 route show table all
show 'route 6 ' -6 route show table all
show 'nexthop ' nexthop show
`;

const files = `
cd "$root" || exit 1
ours() { find etc '(' -path '*policy-routing*' -o -path 'etc/iproute2*' -o -path etc/rc.local ')' "$@"; }
ours -printf '%p %y %m %u %l\\n' | sort
ours -type f -exec grep -Hn '' '{}' + | sort -t: -k1,1 -k2,2n
grep -H '' /proc/sys/net/ipv4/conf/*/rp_filter /proc/sys/net/ipv4/conf/*/src_valid_mark /proc/sys/net/ipv4/conf/*/arp_*
`;

/** Looks into a network namespace. */
async function look(network: string, script: string, env: Record<string, string>): Promise<string[]> {
  const { stdout } = await run(["nsenter", `--net=${network}`, "sh", "-c", script], { env, timeoutMs: 120_000 });
  return stdout
    .split("\n")
    .map(withoutState)
    .filter((line) => line !== "");
}

/** Without what the passing of time and a link's carrier change, and what a route shows of its next hop object, which is the object's. */
const withoutState = (line: string): string =>
  line
    .replace(/ (expires \d+sec|linkdown|dead)(?= |$)/g, "")
    .replace(/^(route .* nhid \d+) via \S+ dev \S+(.*?)( onlink)?\s*$/, "$1$2")
    .replaceAll("\t", " ")
    .trimEnd();

/** Where many rules come and go, a dump may skip others: there it is what two readings agree about. */
export async function viewOf(subject: Subject): Promise<View> {
  let view = await read(subject);
  if (subject.profile.churns === undefined) return view;
  return until(
    "two readings that agree",
    async () => {
      const last = view;
      view = await read(subject);
      return isDeepStrictEqual(view, last) ? view : undefined;
    },
    20_000,
  );
}

async function read(subject: Subject): Promise<View> {
  const { profile, host } = subject;
  const [managed = "", ...elsewhere] = await subject.networks();
  const isOurs = tagged(profile.owner);
  const churns = profile.churns ?? /^$/;
  const [lines, other, text] = await Promise.all([
    look(managed, tables, { bulk: String(profile.bulk ?? "") }),
    Promise.all(elsewhere.map((network) => look(network, tables, {}))),
    look(managed, files, { root: await host.file("/") }),
  ]);
  const kept = lines.filter((line) => !churns.test(line));
  return {
    ours: kept.filter((line) => isOurs.test(line)).sort(),
    others: inOrder([...kept.filter((line) => !isOurs.test(line)), ...other.flat().map((line) => `elsewhere: ${line}`)]),
    files: text,
  };
}

/** Rules as they stand, the rest sorted: the order of routes says nothing. */
const inOrder = (lines: readonly string[]): string[] => {
  const isRule = /^(elsewhere: )?rule /;
  return [...lines.filter((line) => isRule.test(line)), ...lines.filter((line) => !isRule.test(line)).sort()];
};

/** Whether a line of `ip` is of our tags. */
export const tagged = (owner = 214): RegExp => new RegExp(` proto (${owner}|${owner + 1})( |$)`);

/** What one list has and the other has not, for a person. */
export function differences(before: readonly string[], after: readonly string[]): string[] {
  const less = before.filter((line) => !after.includes(line)).map((line) => `- ${line}`);
  const more = after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`);
  const both = [...less, ...more];
  return both.length === 0 && before.join("\n") !== after.join("\n") ? ["the order, or how often"] : both;
}
