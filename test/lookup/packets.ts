import { randomBytes } from "node:crypto";
import type { Flow } from "../../provider/src/declaration/flow";
import { stateJsonOf } from "../../provider/src/host/reading/network";
import { parseAnswer } from "../../provider/src/host/wire/answer";
import type { Network } from "../../provider/src/kernel/lookup/network";
import { networkOfState } from "../../provider/src/kernel/lookup/stateJson";
import { thisMachine } from "../lab/place";
import { batch, channel, inNamespace, known, noWaiting, observe } from "./kernel";
import { addressed, links, type Scenario, strangers, targets } from "./scenario";

/** What a host did with packets that came in by e0: for each flow the device by which it was forwarded, if it was. */
export interface Forwarded {
  readonly network: Network;
  readonly flows: readonly { readonly flow: Flow; readonly dev: string | undefined }[];
}

const ports = [443, 1500, 5000] as const;
/** The host's side of the link by which the packets come. */
const gates = { inet: "198.18.0.2", inet6: "2001:db8::2" } as const;
const ephemeral = { from: 32768, to: 60999 };

/** Each stranger sends to each destination and port that it can send to. */
export const packets: readonly Flow[] = (["inet", "inet6"] as const).flatMap((family) =>
  strangers[family].flatMap((from) =>
    targets[family]
      .filter((to) => !to.startsWith("127.") && !to.endsWith(".255") && !strangers[family].some((own) => own === to))
      .flatMap((to) =>
        ports.map((port) => ({
          family,
          from,
          to,
          iif: "e0",
          mark: 0,
          uid: 0,
          ipproto: 17,
          sport: ephemeral,
          dport: { from: port, to: port },
          tos: [0],
        })),
      ),
  ),
);

const names = { inet: "ip", inet6: "ip6" } as const;
const families = ["inet", "inet6"] as const;
const table = [
  "table inet seen {",
  ...families.map(
    (family) =>
      `set of_${family} { typeof ${names[family]} saddr . ${names[family]} daddr . udp dport . meta oifname; flags dynamic; size 65535; }`,
  ),
  "counter arrived { }",
  'chain prerouting { type filter hook prerouting priority 0; iifname "e0" meta l4proto udp counter name arrived; }',
  "chain forward { type filter hook forward priority 0;",
  ...families.map(
    (family) =>
      `meta nfproto ${family === "inet" ? "ipv4" : "ipv6"} update @of_${family} { ${names[family]} saddr . ${names[family]} daddr . udp dport . meta oifname }`,
  ),
  "}",
  "}",
].join("\n");

/** In the namespace behind e0: whose addresses they are, and one packet for each flow. The host's address is known, so that nobody need answer. */
function sending(): string {
  const lines = families.flatMap((family) => [
    ...strangers[family].map(
      (from) => `ip address add ${from}/${family === "inet" ? 32 : 128} dev p0${family === "inet6" ? " nodad" : ""}`,
    ),
    `ip neighbour replace ${gates[family]} lladdr $mac dev p0 nud permanent`,
    ...strangers[family].flatMap((from) => [
      `ip ${channel[family]} route replace default via ${gates[family]} dev p0 onlink src ${from}`,
      ...packets.filter((packet) => packet.from === from).map(({ to, dport }) => `echo x >/dev/udp/${to}/${dport?.from}`),
    ]),
  ]);
  return ["ip link set lo up", "ip link set p0 up", ...lines].join("\n");
}

/** Makes the host of a scenario, sends it all packets, and says which it forwarded where. */
export async function forward({ sysctls, batches }: Scenario): Promise<Forwarded> {
  const mark = randomBytes(8).toString("hex");
  const script = [
    observe,
    `mark=${mark}`,
    noWaiting,
    batch("", [...links, ...addressed], ""),
    known,
    "unshare --net sleep 600 & behind=$!",
    // Before it has a namespace of its own, its namespace is ours, and the device would go nowhere.
    'tries=0; while [ $tries -lt 3000 ] && [ "$(readlink /proc/$behind/ns/net)" = "$(readlink /proc/$$/ns/net)" ]; do tries=$((tries + 1)); done',
    "ip link set p0 netns $behind",
    "mac=$(ip -br link show e0 | sed -E 's/.* (([0-9a-f]{2}:){5}[0-9a-f]{2}) .*/\\1/')",
    "nsenter -t $behind --net ip link set p0 up",
    "tries=0; while [ $tries -lt 3000 ] && ! ip -br link show e0 | grep -q ' UP '; do tries=$((tries + 1)); done",
    known,
    ...sysctls,
    // Devices stay up: the packets come by one of them.
    ...batches
      .slice(0, -1)
      .map(({ family, lines }) => batch(`${family === undefined ? "" : channel[family]} -force`, lines, "2>/dev/null")),
    "ip link set lo up",
    "network",
    `nft -f - <<'END'\n${table}\nEND`,
    `mac=$mac nsenter -t $behind --net bash 2>/dev/null <<'END'\n${sending()}\nEND`,
    `tries=0; while [ $tries -lt 300 ] && ! nft list counter inet seen arrived | grep -q 'packets ${packets.length} '; do tries=$((tries + 1)); done`,
    "say arrived; nft list counter inet seen arrived",
    ...families.map((family) => `say '${family}'; nft list set inet seen of_${family}`),
    "kill $behind",
    "say end 0",
    "",
  ].join("\n");
  const answer = parseAnswer(await inNamespace(script), mark);
  const text = (name: string): string => answer.sections.find((one) => one.name === name)?.text ?? "";
  if (!text("arrived").includes(`packets ${packets.length} `))
    throw new Error(`not all of ${packets.length} packets arrived: ${text("arrived")}`);
  const seen = new Map<string, string>();
  for (const family of families)
    for (const [, from, to, port, dev] of text(family).matchAll(/([0-9a-f.:]+) \. ([0-9a-f.:]+) \. ([0-9]+) \. "([^"]+)"/g))
      seen.set(`${from} ${to} ${port}`, dev ?? "");
  const network = networkOfState(
    await stateJsonOf(answer, { kernel: thisMachine.kernel, iproute2: thisMachine.iproute2 }, "the namespace"),
  );
  return { network, flows: packets.map((flow) => ({ flow, dev: seen.get(`${flow.from} ${flow.to} ${flow.dport?.from}`) })) };
}
