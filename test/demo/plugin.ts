import { rules } from "../engine/host";
import { importHost, SshHome } from "../engine/importing";
import { openPython, openYaml, type Project, pythonHowTo, yamlHowTo } from "../engine/languages";
import { ensureEngine } from "../engine-cli/ensure.mjs";
import { ensurePython, lacksPython } from "../engine-cli/python";
import { ensureYamlHost } from "../engine-cli/yaml-host.mjs";
import { type Host, type Lab, startLab } from "../lab/lab";
import { begin, expect, linesWith, saw } from "./tell";

/** The second door: one host by a program in YAML, one by one in Python, and one that is there already by `pulumi import`. */
async function demo(): Promise<void> {
  const started = Date.now();
  const { version, source } = await ensureEngine();
  await ensureYamlHost();
  console.log(`Pulumi ${version} (${source}) with the plugin pulumi-resource-policyrouting; hosts in network namespaces with a real sshd.`);
  const lab = await startLab({ name: `demo-plugin-${process.pid}`, hosts: 3 });
  try {
    const [first, second, third] = lab.hosts;
    if (second === undefined || third === undefined) throw new Error("the lab has three hosts");
    await inYaml(lab, first);
    await inPython(second);
    await imported(third);
  } finally {
    await lab.stop();
  }
  console.log(
    `\nAll of it was seen in ${Math.round((Date.now() - started) / 1000)} s. Nothing is left behind.\nnext: docs/guides/languages.md`,
  );
}

/** Makes it, sees it, and takes it away. */
async function live<Program>(project: Project<Program>, host: Host, see: () => Promise<void> = async () => {}): Promise<void> {
  const before = await host.snapshot();
  const { address } = host.uplinks[1];
  try {
    saw(linesWith((await project.stack.up()).stdout, " created "));
    const there = await rules(host);
    saw(there.join("\n"));
    expect(there.length === 2 && there.every((rule) => rule.includes(address)), "both rules stand on the host, with our tag");
    await see();
    await project.stack.preview(["--expect-no-changes"]);
    expect(true, "again there is nothing to do");
    await project.stack.destroy();
    expect((await host.snapshot()) === before, "after pulumi destroy the host is as it was");
  } finally {
    await project.remove();
  }
}

async function inYaml({ internet }: Lab, host: Host): Promise<void> {
  begin("A program in YAML: the second uplink of a host answers");
  const { address } = host.uplinks[1];
  expect(!(await internet.tcpConnect(address, 22)), `from the internet there is no connection to ${address}`);
  await live(await openYaml(yamlHowTo(host, 1001)), host, async () =>
    expect(await internet.tcpConnect(address, 22), `there is a connection to ${address}`),
  );
}

async function inPython(host: Host): Promise<void> {
  begin("The same in Python, by the SDK that Pulumi makes of the plugin's schema");
  const lacks = await lacksPython();
  if (lacks !== undefined) return saw(`left out: ${lacks}`);
  const program = pythonHowTo(host, 1001);
  saw(program);
  await live(await openPython(await ensurePython(), program), host);
}

async function imported(host: Host): Promise<void> {
  begin("A host that somebody set up by hand: pulumi import of all of it");
  const { device, address, gateway, prefix } = host.uplinks[1];
  await host.exec(`ip route add ${prefix} dev ${device} src ${address} table 102; ip route add default via ${gateway} dev ${device} table 102
    ip rule add pref 1000 from ${address} table 102; ip rule add pref 1100 fwmark 0x2 table 102`);
  const standing = (): Promise<string> => host.exec("ip -N rule; ip -N route show table 102");
  const before = await standing();
  const home = await SshHome.make();
  await home.knows(host);
  const project = await openYaml({}, { env: home.env });
  try {
    const { seconds, text, program } = await importHost(project, host);
    saw(`pulumi import policyrouting:index:HostRouting edge ${host.address}/routing\n${text}`);
    expect((await standing()) === before, `the import changed nothing, and took ${seconds.toFixed(1)} s`);
    await project.write(program);
    saw(linesWith((await project.stack.up()).stdout, " updated "));
    const after = await standing();
    const tagless = (shown: string): string => shown.replaceAll(/ proto \S+/g, "");
    expect(tagless(after) === tagless(before), "pulumi up took it over: only the tags are others");
    saw(after);
  } finally {
    await project.remove();
    await home.remove();
  }
}

demo().then(
  () => process.exit(0),
  (error: Error) => {
    console.error(`\nThe demo failed: ${error.message}`);
    process.exit(1);
  },
);
