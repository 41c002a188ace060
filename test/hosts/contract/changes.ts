import { nameFile, tableName } from "../declared";
import { Untrue } from "../untrue";
import { declare, deploy, possible, withdraw } from "./deploy";
import type { Step } from "./step";

export const create: Step = {
  name: "create",
  promise: "rules, routes, next hops, a table's name and a whole host are made, each as declared, and a refresh finds no drift",
  run: async (trial) => {
    await deploy(trial);
    for (const [name, inputs] of await trial.read([...trial.held.keys()]))
      if (inputs === undefined) throw new Untrue(`${name} stands, and is read as gone`);
  },
};

export const names: Step = {
  name: "names",
  promise: "a table's name is written, changed and taken away",
  run: async (trial) => {
    const { subject } = trial;
    if (!trial.held.has("name")) await trial.up(declare(trial, ["name"]));
    const said = async (isChanged: boolean): Promise<void> => {
      trial.isChanged = isChanged;
      await trial.up(declare(trial, ["name"]));
      const text = await subject.read(`/${nameFile}`);
      if (!text.includes(`\n100 ${tableName(isChanged)}\n`)) throw new Untrue(`the name is not in ${nameFile}: ${text}`);
    };
    await said(true);
    await said(false);
  },
};

export const ipv6: Step = {
  name: "ipv6",
  promise: "a next hop, a route by it and a rule of IPv6 are made and removed",
  run: async (trial) => {
    const { device, gateway6, address6 } = trial.subject.uplink;
    const proto = `proto ${trial.profile.owner ?? 214}`;
    const via = `via ${gateway6} dev ${device}`;
    await trial.up({
      rule6extra: {
        kind: "PolicyRule",
        fields: { priority: 1010, to: `${address6}/128`, table: 101 },
        shows: [`rule 6 1010: from all to ${address6} lookup 101 ${proto}`],
      },
      hop6: { kind: "NextHop", fields: { nhid: 9, via: gateway6, dev: device }, shows: [`nexthop id 9 ${via} scope 253 ${proto}`] },
    });
    await trial.up({
      byHop6: {
        kind: "PolicyRoute",
        fields: { destination: "2001:db8:77::/48", nhid: 9, table: 101 },
        shows: [`route 6 2001:db8:77::/48 nhid 9 table 101 ${proto} metric 1024 pref medium`],
      },
    });
    await trial.remove(["byHop6", "rule6extra"]);
    await trial.remove(["hop6"]);
  },
};

export const update: Step = {
  name: "update",
  promise: "all of it is changed in place at once, and a refresh finds what was changed",
  run: async (trial) => {
    trial.isChanged = true;
    await trial.up(declare(trial, possible(trial))).catch((error: unknown) => {
      trial.isChanged = false;
      throw error;
    });
    const seen = await trial.read(["gate", "rule"]);
    if (seen.get("gate")?.["mtu"] !== 1400) throw new Untrue("the changed route is read as another one");
    if (seen.get("rule")?.["fwmark"] !== "0x1/0xff") throw new Untrue("the changed rule is read as another one");
  },
};

export const rename: Step = {
  name: "rename",
  promise: "other resources take over the same entries, then the old ones are removed: what stands stays",
  run: async (trial) => {
    const old = [...trial.held];
    trial.held.clear();
    for (const [name, one] of old) trial.held.set(`old ${name}`, one);
    try {
      await trial.up(declare(trial, possible(trial)));
    } catch (error) {
      trial.held.clear();
      for (const [name, one] of old) trial.held.set(name, one);
      throw error;
    }
    const renamed = [...trial.held].filter(([name]) => !name.startsWith("old "));
    await trial.remove(old.map(([name]) => `old ${name}`));
    if (renamed.some(([name, { id }]) => trial.of(name).id !== id)) throw new Untrue("the new resources are not the ones that stand");
  },
};

export const destroy: Step = {
  name: "destroy",
  promise: "everything is removed, and the host is as it was before: tables, settings, files, services, guards and locks",
  run: async (trial) => {
    await withdraw(trial);
    await trial.clean();
  },
};
