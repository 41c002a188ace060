import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { type Host, type Lab, startLab } from "../lab/lab";
import { type Result, run } from "../lab/run";

const main = join(__dirname, "../../provider/dist/cli/main.js");

/** The command as it is published. */
const cli = (args: readonly string[], input?: string): Promise<Result> =>
  run([process.execPath, main, ...args], input === undefined ? {} : { input });

describe("policy-routing", () => {
  let lab: Lab;
  let host: Host;
  let folder: string;
  let state: string;
  let at: string[];
  before(async () => {
    lab = await startLab({ name: "test-host-cli" });
    host = lab.hosts[0];
    folder = await mkdtemp(join(tmpdir(), "test-host-cli-"));
    state = join(folder, "state.json");
    at = [`root@${host.address}`, "--identity", host.keyPath, "--known-hosts", host.knownHostsPath];
    const [, second] = host.uplinks;
    await host.batch([
      `route add default via ${second.gateway} dev ${second.device} table 102 proto 214`,
      `route add ${second.prefix} dev ${second.device} table 102 proto 214`,
      `rule add pref 1000 from ${second.address} table 102 proto 214`,
      `rule add pref 900 to 203.0.113.0/24 table 103 proto 3`,
    ]);
  });
  after(async () => {
    await lab.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("observe writes a state that trace and check read, and changes nothing on the host", async () => {
    const before = await host.snapshot();
    const { code, stdout, stderr } = await cli(["observe", ...at]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.equal(await host.snapshot(), before);
    await writeFile(state, stdout);
    const parsed: unknown = JSON.parse(stdout);
    assert.ok(typeof parsed === "object" && parsed !== null);
    assert.deepEqual(Object.keys(parsed), ["rules", "routes", "links", "addresses", "nexthops", "sysctls", "versions", "follows"]);
  });

  it("trace tells each rule on the way, and the verdict; the kernel says the same", async () => {
    const [, { address, device, gateway }] = host.uplinks;
    const away = "192.0.2.77";
    const { code, stdout } = await cli(["trace", ...at, "--from", address, "--to", away]);
    assert.equal(code, 0);
    assert.match(stdout, /rule pref 0 table local\n {4}goes on: table local has no route for it\n/);
    assert.match(stdout, /rule pref 900 to 203\.0\.113\.0\/24 table 103\n {4}does not apply: the packet is not to 203\.0\.113\.0\/24\n/);
    assert.ok(stdout.endsWith(`=> by ${device} via ${gateway} (table 102), source ${address}\n`), stdout);
    const [kernel] = await host.ip(`route get ${away} from ${address}`);
    assert.deepEqual([kernel?.["dev"], kernel?.["gateway"]], [device, gateway]);
  });

  it("trace says of what cannot be told which answers there are, and where", async () => {
    const [first, second] = host.uplinks;
    await host.exec("ip rule add pref 950 fwmark 0x1/0xff table 102");
    const { code, stdout } = await cli(["trace", ...at, "--from", first.address, "--to", "192.0.2.77", "--mark", "any"]);
    await host.exec("ip rule del pref 950");
    assert.equal(code, 1, stdout);
    const [verdict, ...answers] = stdout.trimEnd().split("\n").slice(-3);
    assert.match(String(verdict), /^=> cannot tell \(ip -4 rule pref 950 fwmark 0x1\/0xff table 102: something on the host may mark/);
    assert.deepEqual(answers, [
      `   where not fwmark 0x1/0xff: by ${first.device} via ${first.gateway} (table main), source ${first.address}`,
      `   where fwmark 0x1/0xff: by ${second.device} via ${second.gateway} (table 102), source ${first.address}`,
    ]);
  });

  it("trace takes many packets, and answers a line of JSON each", async () => {
    const [{ address }, second] = host.uplinks;
    const flows = [
      { to: second.address },
      { to: "192.0.2.77", from: second.address, mark: "0x1", ipproto: "tcp" },
      { to: "192.0.2.77", from: address },
    ];
    const { code, stdout } = await cli(
      ["trace", "--state", state, "--flows", "-", "--json"],
      flows.map((flow) => JSON.stringify(flow)).join("\n"),
    );
    assert.equal(code, 0);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line): Record<string, unknown> => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ verdict, table, dev }) => [verdict, table, dev]),
      [
        ["local", "local", "lo"],
        ["unicast", 102, second.device],
        ["unicast", "main", host.uplinks[0].device],
      ],
    );
    assert.equal(lines[2]?.["rule"], "ip -4 rule pref 32766 table main");
  });

  it("check lists what is probably not meant, and ends with 1; with 0 where nothing is a risk", async () => {
    const { code, stdout } = await cli(["check", ...at]);
    assert.equal(code, 1, stdout);
    assert.match(stdout, /^risk: ip -4 rule pref 900 to 203\.0\.113\.0\/24 table 103: does nothing: table 103 has no routes$/m);
    assert.match(stdout, /^note: ip -4 rule pref 900 .*: is foreign and comes before ours; likely of somebody who used ip/m);
    await host.exec("ip rule del pref 900");
    // The second uplink and the management network of the lab's host have no way out of their own: each is worth a look.
    const beyond = /^note: \S+ on (eth1|mgmt): replies leave by eth0, to hosts beyond its network$/;
    const quiet = await cli(["check", ...at]);
    assert.equal(quiet.code, 0, quiet.stdout);
    const notes = quiet.stdout.trimEnd().split("\n");
    assert.deepEqual(
      notes.filter((line) => !beyond.test(line) && !line.startsWith("    next: ")),
      [],
    );
    const json: unknown = JSON.parse((await cli(["check", "--json", ...at])).stdout);
    assert.ok(Array.isArray(json) && json.length * 2 === notes.length, quiet.stdout);
  });

  it("check names what stands in a stack's name under ids that its state does not know, by stack", async () => {
    const owns = (key: string, id: string, stack: string): string => `${key}\t${id}\torganization/${stack}\n`;
    const register = [
      owns("rule inet 1000", "h/rule/inet/1000#known", "edge/prod"),
      owns("rule inet 1100 proto 220", "h/routing#lost", "edge/prod"),
      owns("route inet table 102 default proto 220", "h/routing#lost", "edge/prod"),
      owns("rule inet 1200", "h/rule/inet/1200#gone", "edge/prod"),
      "rule inet 1200\n",
      owns("rule inet 1300", "h/rule/inet/1300#lost", "core/prod"),
      owns("rule inet 1400", "h/rule/inet/1400#others", "core/dev"),
    ];
    await host.exec("mkdir -m 700 -p /run/policy-routing; cat >/run/policy-routing/register", { input: register.join("") });
    const type = "pulumi-nodejs:dynamic/policyrouting:PolicyRule";
    const stateOf = async (name: string, resources: readonly unknown[]): Promise<string> => {
      const file = join(folder, `${name}.json`);
      await writeFile(file, JSON.stringify({ version: 3, deployment: { resources } }));
      return file;
    };
    const root = { urn: "urn:pulumi:prod::core::pulumi:pulumi:Stack::core-prod", type: "pulumi:pulumi:Stack" };
    const rule = {
      urn: `urn:pulumi:prod::edge::${type}::one`,
      type,
      id: "h/rule/inet/1000#known",
      inputs: { owner: { stack: "organization/edge/prod" } },
    };
    const files = [await stateOf("edge", [rule]), await stateOf("core", [root])];
    const { code, stdout, stderr } = await cli(["check", ...at, ...files.flatMap((file) => ["--stack", file])]);
    await host.exec("rm -r /run/policy-routing");
    assert.equal(code, 1, stderr);
    assert.equal(
      stdout.slice(stdout.indexOf("note: stack ")),
      [
        "note: stack organization/edge/prod: h/routing#lost owns 2 entries (rule inet 1100 proto 220, route inet table 102 default proto 220) and is in no state of its stack",
        "    next: declare the same once more: pulumi up takes it over within the stack, and then it can be removed",
        "note: stack organization/core/prod: h/rule/inet/1300#lost owns one entry (rule inet 1300) and is in no state of its stack",
        "    next: declare the same once more: pulumi up takes it over within the stack, and then it can be removed",
        "",
      ].join("\n"),
    );
    const without = await cli(["check", "--state", state, ...files.flatMap((file) => ["--stack", file])]);
    assert.equal(without.code, 2);
    assert.match(without.stderr, /--stack wants a HOST/);
  });

  it("says what is wrong with its words (2), and which host or file could not be read (3)", async () => {
    for (const [args, said] of [
      [["fly"], /^policy-routing: there is no command fly\nusage: /],
      [["tarce", "--state", state], /^policy-routing: there is no command tarce: did you mean trace\?\n/],
      [["help", "chek"], /there is no command chek: did you mean check\?/],
      [["trace", "--state", state], /^policy-routing trace: --to is missing: /],
      [["trace", "--state", state, "--to", "192.0.2.1", "--from", "::1"], /different families/],
      [["trace", "--to", "192.0.2.1"], /give a HOST, or --state FILE/],
      [["check", "--stat", state], /Unknown option '--stat'/],
      [["observe"], /give one HOST/],
    ] as const) {
      const { code, stdout, stderr } = await cli(args);
      assert.equal(code, 2, args.join(" "));
      assert.equal(stdout, "");
      assert.match(stderr, said);
    }
    await writeFile(join(folder, "bad.json"), '{"rules":{}}');
    const bad = await cli(["check", "--state", join(folder, "bad.json")]);
    assert.equal(bad.code, 3);
    assert.match(bad.stderr, /this is no state that policy-routing observe wrote: rules\.inet: /);
    const unknown = await cli(["observe", `root@${host.address}`, "--identity", host.keyPath, "--known-hosts", "/nowhere/known_hosts"]);
    assert.equal(unknown.code, 3);
    assert.match(unknown.stderr, /the host's key is not in \/nowhere\/known_hosts/);
  });

  it("has help for each command, with an example and its exit codes, also by `help COMMAND`", async () => {
    const { code, stdout } = await cli(["help"]);
    assert.equal(code, 0);
    assert.deepEqual(await cli(["--help"]), { code, stdout, stderr: "" });
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].flatMap(([, name]) => name ?? []).filter((name) => name !== "help");
    assert.ok(commands.includes("report"), stdout);
    for (const command of commands) {
      const help = await cli([command, "--help"]);
      assert.equal(help.code, 0);
      assert.match(help.stdout, new RegExp(`^usage: npx --no-install policy-routing ${command} `));
      assert.match(help.stdout, new RegExp(`^examples?:\n(?: {2}.*\n)* {2}npx --no-install policy-routing ${command} `, "m"));
      assert.match(help.stdout, /^exit code: 0 /m);
      assert.deepEqual(await cli(["help", command]), help);
    }
    assert.equal((await cli([])).code, 2);
  });

  it("says its version, which is the package's", async () => {
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(await readFile(join(main, "../../../package.json"), "utf8")));
    for (const word of ["--version", "-V"]) assert.deepEqual(await cli([word]), { code: 0, stdout: `${version}\n`, stderr: "" });
  });
});
