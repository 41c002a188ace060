import assert from "node:assert/strict";
import { printTypescript, printYaml, printYamlProgram } from "../../../provider/src/cli/takeover/printed";
import { printTold } from "../../../provider/src/cli/takeover/told";
import { declare } from "../../../provider/src/managers/takeover/declare";
import { foundIn, readFiles } from "../../../provider/src/managers/takeover/formats/index";
import { notesOn } from "../../../provider/src/managers/takeover/notes";
import { nothingBeside } from "../../../provider/src/managers/takeover/owners";
import { removalsOf } from "../../../provider/src/managers/takeover/removals";

const interfaces = `auto eth1
iface eth1 inet static
  address 203.0.113.97/28
  post-up ip route add 203.0.113.96/28 dev eth1 table isp
  post-up ip route add default via 203.0.113.110 dev eth1 table isp
  post-up ip rule add from 203.0.113.96/28 table isp
  post-up ip rule add fwmark 5 table isp
  post-up ip rule add from $OTHER table isp
`;
const files = readFiles([
  { name: "interfaces", text: interfaces },
  { name: "rt_tables", text: "254 main\n1 isp\n2 unused\n" },
]);
const found = foundIn(files);
const plain = declare(found, { beside: nothingBeside, main: false });
const declared = { ...plain, notes: [...plain.notes, ...notesOn(plain, found.said)] };
const taken = [...declared.routes, ...declared.rules].flatMap(({ places }) => places);

describe("what adopt and convert print", () => {
  it("is a host of a stack's configuration, each line with its origin, and tables that are used", () =>
    assert.equal(
      printYaml("edge-1", { host: "edge-1", user: "root" }, declared),
      `hosts:
  edge-1:
    connection: { host: edge-1, user: root }
    adopt: same
    tables:
      isp: { tableId: 1, name: isp } # rt_tables:2
    routes:
      isp-link: { destination: 203.0.113.96/28, dev: eth1, table: 1 } # interfaces:4
      isp-default: { destination: default, via: 203.0.113.110, dev: eth1, table: 1 } # interfaces:5
    rules:
      isp-from: { priority: 32765, from: 203.0.113.96/28, table: 1 } # interfaces:6
      isp-mark: { priority: 32764, family: inet, fwmark: "0x5", table: 1 } # interfaces:7`,
    ));

  it("is a program in YAML, with the same lines below its resource", () => {
    const lines = printYamlProgram("root@edge-1.example.net", { host: "edge-1", user: "root" }, declared).split("\n");
    assert.deepEqual(lines.slice(0, 10), [
      "name: root-edge-1-example-net",
      "runtime: yaml",
      "plugins:",
      "  providers:",
      "    - name: policyrouting",
      "      path: node_modules/.bin",
      "resources:",
      "  root-edge-1-example-net:",
      "    type: policyrouting:HostRouting",
      "    properties:",
    ]);
    const [, , ...host] = printYaml("edge-1", { host: "edge-1", user: "root" }, declared).split("\n");
    assert.deepEqual(
      lines.slice(10),
      host.map((line) => `  ${line}`),
    );
  });

  it("is a program with one HostRouting", () =>
    assert.equal(
      printTypescript("edge-1", { host: "edge-1" }, declared),
      `import { HostRouting } from "pulumi-policy-routing";

new HostRouting("edge-1", {
  connection: { host: "edge-1" },
  adopt: "same",
  tables: {
    "isp": { tableId: 1, name: "isp" }, // rt_tables:2
  },
  routes: {
    "isp-link": { destination: "203.0.113.96/28", dev: "eth1", table: 1 }, // interfaces:4
    "isp-default": { destination: "default", via: "203.0.113.110", dev: "eth1", table: 1 }, // interfaces:5
  },
  rules: {
    "isp-from": { priority: 32765, from: "203.0.113.96/28", table: 1 }, // interfaces:6
    "isp-mark": { priority: 32764, family: "inet", fwmark: "0x5", table: 1 }, // interfaces:7
  },
});`,
    ));

  it("has four lists below, with lines as ranges", () => {
    const lines = printTold(declared, removalsOf(files, taken), "#").split("\n");
    assert.deepEqual(
      lines.map((line) => line.replace(/ \(nothing reads.*/, "").replace(/rules without a priority: .*/, "numbers")),
      [
        "# left out:",
        "#   interfaces:1-3 (link and address of eth1)",
        "#   rt_tables:1 (the kernel's own tables)",
        "# cannot be declared:",
        "#   interfaces:8 (ip rule add from $OTHER table isp: computed by the shell: adopt reads what stands on the host)",
        "# remove there, once pulumi up has taken over:",
        "#   interfaces:4-7",
        "# notes:",
        "#   numbers",
      ],
    );
  });

  it("holds what a host says on one line: nothing of it moves the cursor", () => {
    const evil = { ...declared, refused: [{ place: { file: "x", line: 0 }, what: "a\u001b[2J\nb" }], leftOut: [] };
    assert.match(printTold(evil, [], "#"), /# {3}x \(a\\x1b\[2J\\nb\)/);
  });
});
