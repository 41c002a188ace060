// A host is taken over from its manager: from the first look to the removed lines and the next boot, while packets are counted.
import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { markdownTable } from "markdown-table";
import { closeHosts } from "../../provider/src/host/host";
import { commandAt, declaredBy } from "../host/command";
import { checked, create, read } from "../host/resource";
import { INTERNET, type Uplink } from "../lab/addresses";
import { type BootedHost, startBooted } from "../lab/booted/booted";
import { must, type Result } from "../lab/run";
import { until } from "../lab/until";
import { managers, put } from "./managers";
import { needBooted, suites } from "./suites";

interface Way {
  readonly manager: string;
  /**
   * The file of the second uplink, with or without the lines that make its rule and routes; `priority` is what its rule says of that, in the
   * manager's words: nothing, but for systemd 247, which puts such a rule at 0, where none of ours can stand.
   */
  file(uplink: Uplink, isWhole: boolean, priority: string): readonly [path: string, text: string];
  /** Its lines, as adopt names them. */
  readonly named: RegExp;
  /** Whether adopt has a command that makes its manager read the file again. */
  readonly isRead: boolean;
}

const networkdFile = (
  { device, address, address6, prefix, gateway }: Uplink,
  isWhole: boolean,
  priority: string,
): readonly [string, string] => [
  `/etc/systemd/network/10-${device}.network`,
  `[Match]\nName=${device}\n[Network]\nAddress=${address}/18\nAddress=${address6}/64\nIPv6AcceptRA=no\n${
    isWhole
      ? `[Route]\nDestination=${prefix}\nScope=link\nPreferredSource=${address}\nTable=102\n[Route]\nGateway=${gateway}\nTable=102\n[RoutingPolicyRule]\nFrom=${address}\nTable=102\n${priority === "" ? "" : `Priority=${priority}\n`}`
      : ""
  }`,
];

const ways: readonly Way[] = [
  {
    manager: "ifupdown",
    file: ({ device, address, address6, prefix, gateway }, isWhole) => [
      `/etc/network/interfaces.d/${device}`,
      `auto ${device}\niface ${device} inet static\n  address ${address}/18\n${
        isWhole
          ? [
              `route add ${prefix} dev ${device} src ${address} table 102`,
              `route add default via ${gateway} dev ${device} table 102`,
              `rule add from ${address} table 102`,
            ]
              .map((line) => `  post-up ip ${line}\n`)
              .join("")
          : ""
      }iface ${device} inet6 static\n  address ${address6}/64\n`,
    ],
    named: /\/etc\/network\/interfaces\.d\/eth1:4-6\s/,
    isRead: false,
  },
  {
    manager: "systemd-networkd",
    file: networkdFile,
    named: /\/etc\/systemd\/network\/10-eth1\.network:7-1[78]\s/,
    isRead: true,
  },
  {
    manager: "NetworkManager",
    file: ({ device, address, address6, prefix, gateway }, isWhole) => [
      `/etc/NetworkManager/system-connections/${device}.nmconnection`,
      [
        `[connection]\nid=${device}\ntype=ethernet\ninterface-name=${device}`,
        `[ipv4]\nmethod=manual\naddress1=${address}/18`,
        ...(isWhole
          ? [
              `route1=${prefix}\nroute1_options=table=102,src=${address}\nroute2=0.0.0.0/0,${gateway}\nroute2_options=table=102\nrouting-rule1=priority 1000 from ${address} table 102`,
            ]
          : []),
        `[ipv6]\nmethod=manual\naddress1=${address6}/64\n`,
      ].join("\n"),
    ],
    named: /\/etc\/NetworkManager\/system-connections\/eth1\.nmconnection:8, 10, 12\s/,
    isRead: true,
  },
  {
    manager: "netplan",
    file: ({ device, address, address6, prefix, gateway }, isWhole, priority) => [
      `/etc/netplan/10-${device}.yaml`,
      `network:\n  version: 2\n  ethernets:\n    ${device}:\n      addresses: [${address}/18, "${address6}/64"]\n${
        isWhole
          ? `      routes:\n        - { to: ${prefix}, scope: link, from: ${address}, table: 102 }\n        - { to: 0.0.0.0/0, via: ${gateway}, table: 102 }\n      routing-policy:\n        - { from: ${address}, table: 102${priority === "" ? "" : `, priority: ${priority}`} }\n`
          : ""
      }`,
    ],
    named: /\/etc\/netplan\/10-eth1\.yaml:7-8, 10\s/,
    isRead: true,
  },
];

/** 100 packets a second that leave by the second uplink alone, until they are counted: its provider takes no others, and the first one's none of these. */
function packets(host: BootedHost, source: string): () => Promise<string> {
  const args = ["netns", "exec", host.namespace, "ping", "-q", "-i", "0.01", "-I", source, INTERNET.address];
  const child = spawn("ip", args, { stdio: ["ignore", "pipe", "inherit"] });
  return async () => {
    const told = text(child.stdout);
    child.kill("SIGINT");
    await once(child, "exit");
    return /[0-9]+ packets transmitted, [0-9]+ received/.exec(await told)?.[0] ?? "not counted";
  };
}
/** The commands that adopt printed below the lines that are to go. */
const readAgain = (printed: string): string[] => {
  const [, told = ""] = /# remove there.*\n((?:#.*\n)*?)# notes/.exec(printed) ?? [];
  return [...told.matchAll(/^# {3}- (.*)$/gm)].map(([, command = ""]) => command);
};

/** What happens to rules, until it is asked for. */
function watchRules(host: BootedHost): () => Promise<string> {
  const child = spawn("ip", ["-n", host.namespace, "-N", "-o", "monitor", "rule"], { stdio: ["ignore", "pipe", "inherit"] });
  const told = text(child.stdout);
  return async () => {
    child.kill();
    return told;
  };
}

/** The last one may be on its way. */
const lostOf = (counted: string): number => {
  const [sent = Number.NaN, came = Number.NaN] = [...counted.matchAll(/[0-9]+/g)].map(Number);
  return Math.max(0, sent - came - 1);
};

const rows: string[][] = [];
after(() => {
  if (rows.length > 0)
    console.log(markdownTable([["manager", "Debian", "taken over", "lines removed", "next boot", "packets"], ...rows.sort()]));
});

for (const suite of suites)
  describe(`a host that is taken over from its manager (${suite})`, () => {
    before(async function () {
      await needBooted(this);
    });

    for (const way of ways) {
      it(`${way.manager}: only proto differs, no packet is lost, and after the next boot ours stand alone`, async () => {
        const manager = managers.find(({ name }) => name === way.manager);
        assert.ok(manager !== undefined);
        const host = await startBooted({ name: `booted-adopt-${suite}`, suite });
        try {
          const [, uplink] = host.uplinks;
          const priority = suite === "bullseye" ? "1000" : "";
          const settle = async (): Promise<void> =>
            void (await until(
              `${way.manager} to settle`,
              async () => ((await host.result(manager.settled)).code === 0 ? true : undefined),
              30_000,
            ));
          /** Rules of both families, table 102, without their tags. */
          const entries = async (): Promise<string[]> => {
            const words = [
              ["-4", "rule"],
              ["-6", "rule"],
              ["-4", "route", "show", "table", "102"],
            ];
            const shown = await Promise.all(words.map((some) => must(["ip", "-n", host.namespace, "-N", "-d", "-o", ...some])));
            return shown
              .join("")
              .split("\n")
              .map((line) => line.trim());
          };
          const untagged = async (): Promise<string[]> => (await entries()).map((line) => line.replace(/ proto \d+/, ""));
          const adopt = (...more: string[]): Promise<Result> => commandAt(host, "adopt", ...more);
          await manager.install(host);
          await put(host, ...way.file(uplink, true, priority));
          await host.reboot();
          await settle();
          await until(
            "the rule of its file",
            async () => ((await entries()).some((line) => line.includes("lookup 102")) ? true : undefined),
            10_000,
          );

          const counted = packets(host, uplink.address);
          const before = await untagged();
          const { stdout, stderr } = await adopt();
          assert.match(stdout, way.named, `${stdout}${stderr}`);
          const declared = declaredBy(host, stdout);
          const made = await create("HostRouting", declared);
          assert.deepEqual(await untagged(), before);
          assert.deepEqual(await read(made), await checked("HostRouting", declared));

          await put(host, ...way.file(uplink, false, priority));
          const again = readAgain(stdout);
          assert.equal(again.length > 0, way.isRead, stdout);
          const events = watchRules(host);
          await host.exec(again.join("\n"));
          await settle();
          await until(
            "no twins",
            async () => {
              const { stdout: commands, code } = await adopt("--twins");
              if (code === 1) await host.exec(commands);
              return code === 0 ? true : undefined;
            },
            20_000,
          );
          assert.deepEqual(await untagged(), before);
          const flow = await counted();
          assert.equal(lostOf(flow), 0, flow);
          assert.doesNotMatch(await events(), /Deleted .* proto 214/);

          closeHosts();
          await host.reboot();
          await settle();
          const isOurs = (line: string): boolean => !/lookup 102|eth1/.test(line) || line.includes(" proto 214");
          await until(
            "ours, alone",
            async () => ((await untagged()).join() === before.join() && (await entries()).every(isOurs) ? true : undefined),
            10_000,
          );
          rows.push([way.manager, suite, "proto alone differs", "ours stay", "ours alone", flow]);
        } finally {
          closeHosts();
          await host.stop();
        }
      });
    }
  });
