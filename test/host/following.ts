// Where tests of what follows a device begin: a host whose second uplink it is, and the shells that its script may be run by.
import { strict as assert } from "node:assert";
import { after, afterEach, before } from "mocha";
import { closeHosts } from "../../provider/src/host/host";
import { type Host, type Lab, startLab } from "../lab/lab";
import { ensurePackages } from "../lab/packages.mjs";
import type { Provider } from "../lab/provider";
import type { Result } from "../lab/run";
import { create, type Fields, type Made, read, remove, update } from "./resource";

export const register = "/run/policy-routing/register";
export const store = "/etc/policy-routing/objects";
export const shells = ["dash", "busybox sh"];

export class Following {
  #lab: Lab | undefined;
  #made: Made[] = [];

  /** `usual` is what the resources have that say nothing else. */
  constructor(
    private readonly kind: "PolicyRule" | "PolicyRoute",
    private readonly usual: Fields,
  ) {}

  get host(): Host {
    assert.ok(this.#lab !== undefined);
    return this.#lab.hosts[0];
  }

  /** The router behind the device. */
  get provider(): Provider {
    const one = this.#lab?.providers[1];
    assert.ok(one !== undefined);
    return one;
  }

  async start(name: string): Promise<void> {
    await ensurePackages(["busybox"]);
    this.#lab = await startLab({ name });
    // Addresses go one by one, as with every manager.
    await this.host.exec("echo 1 >/proc/sys/net/ipv4/conf/eth1/promote_secondaries");
  }

  /** What a test has made goes, and the device has again what it had. */
  async clean(): Promise<void> {
    for (const one of this.#made.toReversed()) await remove(one);
    this.#made = [];
    closeHosts();
    await this.host.exec(
      "ip link set eth1 up; for f in -4 -6; do ip $f route flush default dev eth1; ip $f route flush table 77; ip $f route flush table 102; done; " +
        "ip addr flush dev eth1 scope global; ip addr add 198.18.128.2/18 dev eth1; ip addr add 2001:db8:2::2/64 dev eth1 nodad",
    );
    assert.equal(
      await this.host.exec("for f in -4 -6; do ip $f -N rule show; ip $f route show table all; done | grep ' proto 214' || :"),
      "",
    );
    assert.equal((await this.host.result("ls /etc/policy-routing")).code, 2);
  }

  async stop(): Promise<void> {
    closeHosts();
    await this.#lab?.stop();
  }

  async make(more: Fields = {}): Promise<Made> {
    return this.keep(await create(this.kind, { connection: this.host.connection, persist: "rc-local", ...this.usual, ...more }));
  }

  /** It goes behind the test. */
  keep(one: Made): Made {
    this.#made.push(one);
    return one;
  }

  async change(one: Made, more: Fields): Promise<Made> {
    const now = await update(one, more);
    this.#made = this.#made.map((other) => (other.id === one.id ? now : other));
    return now;
  }

  async remove(one: Made): Promise<void> {
    this.#made = this.#made.filter(({ id }) => id !== one.id);
    await remove(one);
  }

  /** What a refresh finds; what was read before is remembered for a moment. */
  async found(one: Made): Promise<Fields | undefined> {
    closeHosts();
    return read(one);
  }

  replay(options = "", shell = "sh"): Promise<Result> {
    return this.host.result(`${shell} /etc/policy-routing/replay ${options}`);
  }
}

/** For the tests of a `describe`: a host of their own. */
export function following(name: string, kind: "PolicyRule" | "PolicyRoute", usual: Fields): Following {
  const one = new Following(kind, usual);
  before(() => one.start(name));
  afterEach(() => one.clean());
  after(() => one.stop());
  return one;
}
