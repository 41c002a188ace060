import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { IpObject } from "../../provider/src/declaration/attribute";
import type { Flow } from "../../provider/src/declaration/flow";
import { stateJsonOf } from "../../provider/src/host/reading/network";
import { parseAnswer } from "../../provider/src/host/wire/answer";
import type { Network } from "../../provider/src/kernel/lookup/network";
import { networkOfState, type StateJson } from "../../provider/src/kernel/lookup/stateJson";
import { type Place, thisMachine } from "../lab/place";
import { addressed, addresses, links, type Scenario } from "./scenario";

export const observe = ["facts", "observe", "destinations"]
  .map((name) => readFileSync(join(__dirname, `../../provider/sh/${name}.sh`), "utf8"))
  .join("\n");

/** The kernel's answer to a flow: what `ip -j route get` shows, or its complaint. */
export type Answer = { readonly shown: IpObject } | { readonly refused: string };

export interface Asked {
  readonly state: StateJson;
  readonly network: Network;
  readonly answers: readonly { readonly flow: Flow; readonly answer: Answer }[];
}

/** `ip route get` of a flow. The user is always said: without, it is the caller's. */
export function routeGet(flow: Flow): string {
  const { to, from, iif, oif, mark, uid, ipproto, sport, dport, tos } = flow;
  const words = {
    from,
    iif,
    oif,
    mark,
    uid,
    ipproto,
    sport: sport?.from === 0 ? undefined : sport?.from,
    dport: dport?.from === 0 ? undefined : dport?.from,
  };
  const said = Object.entries(words).flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]));
  return ["route get", to, ...said, ...(tos[0] === 0 ? [] : [`tos 0x${(tos[0] ?? 0).toString(16)}`])].join(" ");
}

export const batch = (options: string, lines: readonly string[], errors = "2>&1"): string =>
  `ip ${options} -batch - ${errors} <<'END'\n${lines.join("\n")}\nEND`;
/** An IPv6 address gets its route a little later than `ip address add` returns. */
export const known = `tries=0
while [ $tries -lt 3000 ] && [ "$(ip -6 route show table all type local | grep -Ec '^local (2001|fd00)')" -lt ${addresses.inet6.length} ]; do tries=$((tries + 1)); done`;

/** An address of IPv6 that is tentative when the host is read would be none when the kernel is asked: so none is. */
export const noWaiting = "for of in all default; do printf 0 >/proc/sys/net/ipv6/conf/$of/accept_dad; done";

/** The kernel hears of a lost carrier a little later, and takes next hop objects and their routes away: a bounded poll, then its lock. */
const settled = `tries=0
while [ $tries -lt 3000 ] && ip -br link show up | grep -v '^lo ' | grep NO-CARRIER | grep -q ' UP '; do tries=$((tries + 1)); done
ip link set lo up`;

export const channel = { inet: "-4", inet6: "-6" } as const;

/** Makes the host of a scenario in a network namespace of its own, reads it, and asks the kernel for each flow. */
export async function askKernel({ devices, sysctls, batches, flows }: Scenario, place: Place = thisMachine): Promise<Asked> {
  const mark = randomBytes(8).toString("hex");
  const families = [...new Set(flows.map(({ family }) => family))];
  const script = [
    observe,
    `mark=${mark}`,
    noWaiting,
    batch("", [...links, ...devices, ...addressed], ""),
    known,
    ...sysctls,
    // Many of these cannot be: the gateway may be on no link, the key taken.
    ...batches.map(({ family, lines }) => batch(`${family === undefined ? "" : channel[family]} -force`, lines, "2>/dev/null")),
    settled,
    "network",
    ...families.map((family) => {
      const asked = flows.filter((flow) => flow.family === family);
      return `say 'get ${family}'\n${batch(`${channel[family]} -force -j -N -d`, asked.map(routeGet))}`;
    }),
    "say end 0",
    "",
  ].join("\n");
  const printed = await inNamespace(script, place);
  const answer = parseAnswer(printed, mark);
  const state = await stateJsonOf(answer, { kernel: place.kernel, iproute2: place.iproute2 }, "the namespace");
  const answers = families.flatMap((family) => {
    const asked = flows.filter((flow) => flow.family === family);
    const text = answer.sections.find(({ name }) => name === `get ${family}`)?.text ?? "";
    return pair(asked, text);
  });
  return { state, network: networkOfState(state), answers };
}

/** Answers come in the order of the questions, an array a line; a refusal is two lines. */
function pair(flows: readonly Flow[], text: string): { flow: Flow; answer: Answer }[] {
  const answers: Answer[] = [];
  let complaint = "";
  const failed = new Map<number, string>();
  for (const line of text.split("\n")) {
    const [, number] = /^Command failed -:([0-9]+)$/.exec(line) ?? [];
    if (number !== undefined) failed.set(Number(number), complaint);
    else if (line.startsWith("[{")) {
      const parsed: unknown = JSON.parse(line);
      if (Array.isArray(parsed) && typeof parsed[0] === "object") answers.push({ shown: parsed[0] });
    } else if (line.trim() !== "") complaint = line.replace(/^RTNETLINK answers: /, "");
  }
  if (answers.length + failed.size !== flows.length)
    throw new Error(`${flows.length} questions, ${answers.length} answers and ${failed.size} refusals:\n${text.slice(-500)}`);
  return flows.map((flow, index) => {
    const refused = failed.get(index + 1);
    return { flow, answer: refused === undefined ? (answers.shift() ?? { refused: "nothing" }) : { refused } };
  });
}

export function inNamespace(script: string, place: Place = thisMachine): Promise<string> {
  return new Promise((resolve, reject) => {
    const [program, args] = place.argv("unshare", "--net", "sh");
    const child = spawn(program, args, {
      stdio: ["pipe", "pipe", "inherit"],
      env: { PATH: process.env["PATH"], LC_ALL: "C" },
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", () => resolve(Buffer.concat(chunks).toString("utf8")));
    child.stdin.end(script);
  });
}
