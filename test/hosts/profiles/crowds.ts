import { Controller } from "../../soak/controller";
import type { Fields } from "../../soak/protocol";
import type { Profile } from "../profile";
import type { Subject } from "../subject";

/** Somebody declares a whole host beside the contract, once. */
async function declares({ host }: Subject, stack: string, fields: Fields, proto?: number): Promise<void> {
  const controller = new Controller();
  const owner = { stack, ...(proto === undefined ? {} : { proto }) };
  const [answer] = await controller.run([
    { method: "create", kind: "HostRouting", fields: { connection: host.connection, owner, ...fields } },
  ]);
  await controller.stop();
  if (answer?.reply?.ok === undefined) throw new Error(`${stack} could not be made: ${answer?.reply?.failed?.message ?? "no answer"}`);
}

const number = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const many = (count: number): Fields => ({
  rules: Object.fromEntries(
    number(count / 2).map((index) => [`r${index}`, { priority: 10_000 + index, from: `10.9.${index >> 8}.${index & 255}`, table: 300 }]),
  ),
  routes: Object.fromEntries(
    number(count / 2).map((index) => [`d${index}`, { destination: `10.8.${index >> 8}.${index & 255}/32`, type: "blackhole", table: 300 }]),
  ),
});

/** Hosts with much of something. */
export const crowds: readonly Profile[] = [
  {
    name: "3,000 rules that come and go",
    why: "somebody adds and flushes them all the time, so that a dump may skip others",
    churns: / lookup 9999( |$)/,
    boot: `i=0; while [ $i -lt 3000 ]; do echo "rule add pref $((20000 + i)) from 10.$((i >> 8)).$((i & 255)).1 table 9999 proto 77"; i=$((i + 1)); done >/run/many
      setsid sh -c 'while :; do ip -batch /run/many; ip rule flush proto 77; done' </dev/null >/dev/null 2>&1 &`,
    weight: 0.5,
  },
  {
    name: "400,000 routes",
    why: "a BGP table in main, beside a route of ours",
    bulk: 186,
    boot: `awk 'BEGIN { for (i = 0; i < 400000; i++) printf "route add 10.%d.%d.%d/28 via 198.18.128.1 dev eth1 proto 186\\n", i / 4096, i / 16 % 256, i % 16 * 16 }' | ip -batch -`,
    seconds: 20,
    guard: { confirmTimeout: 60 },
    slow: true,
    weight: 1,
  },
  {
    name: "500 persisted objects",
    why: "of another stack, looked after by the monitor of a booted host",
    suite: "bookworm",
    prepare: async ([subject]) => {
      if (subject !== undefined) await declares(subject, "organization/hosts/crowd", many(500));
    },
    weight: 0.5,
  },
  {
    name: "two stacks with two tags",
    why: "another stack has its own rules at the same priorities, under its own tag",
    owner: 216,
    prepare: async ([subject]) => {
      if (subject === undefined) return;
      const { address, address6 } = subject.uplink;
      await declares(subject, "organization/hosts/other", {
        rules: {
          one: { priority: 1000, from: address, table: 150 },
          six: { priority: 1000, from: address6, table: 150 },
          two: { priority: 1100, from: address, table: 150 },
        },
        exclusive: true,
      });
    },
  },
];
