import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { sysctlName } from "../../../provider/src/declaration/sysctl/sysctl";

describe("the name of a setting", () => {
  it("is one that sysctl takes, also of a device with a dot in its name", () => {
    const name = sysctlName({ file: "rp_filter", device: "eth0.7" });
    assert.equal(name, "net.ipv4.conf.eth0/7.rp_filter");
    const script = `ip link add eth0.7 type veth peer name other && sysctl -q -w ${name}=2 && cat /proc/sys/net/ipv4/conf/eth0.7/rp_filter`;
    const { stdout, stderr } = spawnSync("unshare", ["--net", "sh", "-c", script], { encoding: "utf8" });
    assert.equal(stdout, "2\n", stderr);
  });
});
