import { type Family, families } from "../../provider/src/declaration/family";
import { tableOf } from "../../provider/src/declaration/tableNumber";
import { command as nexthopCommand } from "../../provider/src/kernel/nexthop/steps";
import { nameHeader, parseNames, parseRoutes, parseRules } from "../../provider/src/kernel/observed/parse";
import { emptyState, type State } from "../../provider/src/kernel/observed/state";
import type { Uplinks } from "../../provider/src/kernel/observed/uplinks";
import { printLine, type RegisterLine } from "../../provider/src/kernel/plan/register";
import { commandOf, type IpStep, type SettingStep, type Shown, type Step, type TableNameStep } from "../../provider/src/kernel/plan/step";
import { addBack as routeBack } from "../../provider/src/kernel/route/steps";
import { add as addedRule } from "../../provider/src/kernel/rule/steps";
import { parseNexthops, parseNexthopUsers, parseRegister } from "../unit/kernel/atOnce";
import { addNexthop, deleteNexthop, idOf, type ModelNexthop, nexthopJson, parseNexthop, replaceNexthop } from "./modelNexthops";
import {
  addRoute,
  deleteRoute,
  insertRoute,
  isShown,
  type ModelRoute,
  parseRoute,
  replaceRoute,
  routeJson,
  routeLine,
} from "./modelRoutes";
import { addRule, deleteRule, type ModelRule, parseRule, ruleJson } from "./modelRules";

/** What undo must restore: rules of one priority keep their order, routes have none. */
export const restorable = ({ rules, routes, names, nexthops, sysctls }: State) => ({
  rules,
  nexthops,
  routes: routes.map((one) => JSON.stringify(one)).sort(),
  names,
  sysctls,
});

const routeVerbs: Readonly<
  Record<string, (routes: readonly ModelRoute[], route: ReturnType<typeof parseRoute>) => readonly ModelRoute[] | undefined>
> = {
  add: addRoute,
  replace: replaceRoute,
  del: deleteRoute,
  append: (routes, route) => insertRoute("append", routes, route),
  prepend: (routes, route) => insertRoute("prepend", routes, route),
};

/**
 * A host in memory that takes the lines of a plan. Its kernel compares as little as the real one: what is left out of a rule or a
 * delete is a wildcard, a route is replaced whoever made it. A change stops at the first error; an undo goes on.
 */
export class ModelKernel {
  #rules: readonly ModelRule[];
  #routes: readonly ModelRoute[];
  #nexthops: readonly ModelNexthop[];
  #names: ReadonlyMap<string, string>;
  /** Of every device that there is. */
  #sysctls: ReadonlyMap<string, number>;
  #register: string;
  /** What its devices have, where that is asked. */
  uplinks: Uplinks | undefined;

  constructor(like?: ModelKernel) {
    this.#rules = like === undefined ? [] : like.#rules;
    this.#routes = like === undefined ? [] : like.#routes;
    this.#nexthops = like === undefined ? [] : like.#nexthops;
    this.#names = like === undefined ? new Map() : like.#names;
    this.#sysctls = like === undefined ? new Map() : like.#sysctls;
    this.#register = like === undefined ? "" : like.#register;
    this.uplinks = like?.uplinks;
  }

  /** A host as it was observed. */
  static of({ rules, routes, names, nexthops, sysctls, register }: State): ModelKernel {
    const kernel = new ModelKernel();
    const steps = [
      ...nexthops.map(({ nexthop, protocol }) => nexthopCommand("add", nexthop, protocol)),
      ...routes.map((one) => routeBack("append", one)),
      ...rules.map(({ rule, protocol }) => addedRule(rule, protocol)),
    ];
    if (!kernel.change(steps)) throw new Error(`such a host there cannot be: ${steps.map(commandOf).join("; ")}`);
    for (const { file, tableId, name, owner } of names)
      kernel.writeFile(file, `${owner === undefined ? "" : `${nameHeader}\t${owner.id}\t${owner.stack}\n`}${tableId} ${name}`);
    for (const [key, value] of sysctls) kernel.set(key, value);
    kernel.register([...register.entries].map(([at, entry]) => ({ at, entry })));
    return kernel;
  }

  /** True when all of it went well. `watch` is called after every line. */
  change(steps: readonly Step[], watch: (state: State) => void = () => {}): boolean {
    return this.#run(steps, false, watch);
  }

  undo(steps: readonly Step[]): void {
    this.#run(steps, true, () => {});
  }

  register(lines: readonly RegisterLine[]): void {
    this.#register += lines.map((line) => `${printLine(line)}\n`).join("");
  }

  /** What an observation of it shows. */
  state(): State {
    const tables = new Set(this.#routes.map(({ words }) => Number(words.get("table"))));
    return {
      ...emptyState,
      ...(this.uplinks === undefined ? {} : { uplinks: this.uplinks }),
      rules: families.flatMap((family) => parseRules(this.#rules.filter((rule) => rule.family === family).map(ruleJson), family)),
      routes: [...tables].sort().flatMap((table) =>
        families.flatMap((family) => {
          const there = this.#routes.filter((route) => route.family === family && Number(route.words.get("table")) === table);
          return parseRoutes(there.map(routeJson), family, tableOf(table));
        }),
      ),
      nexthops: parseNexthops(this.#nexthops.map(nexthopJson), this.#nexthops.filter(({ inet6 }) => inet6).map(nexthopJson)),
      nexthopUsers: families.flatMap((family) =>
        parseNexthopUsers(
          this.#routes.flatMap((route) => (route.family === family && route.words.has("nhid") ? [routeLine(route)] : [])).join("\n"),
          family,
        ),
      ),
      names: parseNames(
        [...this.#names]
          .sort()
          .map(([file, text]) => `==> ${file}\n${text}\n`)
          .join(""),
      ),
      sysctls: this.#sysctls,
      register: parseRegister(this.#register),
    };
  }

  /** A file with names of tables. */
  writeFile(path: string, text: string): void {
    this.#names = new Map([...this.#names, [path, text]]);
  }

  /** A setting of a device, such as `sysctl rp_filter eth1`, by somebody else: then there is such a device. */
  set(key: string, value: number): void {
    this.#sysctls = new Map([...this.#sysctls, [key, value]]);
  }

  #run(steps: readonly Step[], force: boolean, watch: (state: State) => void): boolean {
    for (const step of steps) {
      const done = step.on === "ip" ? this.#runIp(step) : step.on === "tableName" ? this.#name(step) : this.#write(step);
      if (!done && !force) return false;
      watch(this.state());
    }
    return true;
  }

  #runIp({ family = "inet", words, onlyIf }: IpStep): boolean {
    return (onlyIf !== undefined && !this.#shows(family, onlyIf)) || this.#ip(family, words);
  }

  #shows(family: Family, { words, text }: Shown): boolean {
    const [object, verb, exact, ...rest] = words;
    if (object === "nexthop") return this.#nexthops.some((one) => idOf(one) === rest[0] && text === `proto ${one.words.get("proto")} `);
    if (object !== "route" || verb !== "show" || exact !== "exact") throw new Error(`not a condition: ${words.join(" ")}`);
    const filter = parseRoute(family, rest);
    return this.#routes.some((route) => isShown(route, filter));
  }

  #ip(family: Family, [object, verb, ...words]: readonly string[]): boolean {
    if (object === "rule") {
      const rule = parseRule(family, words);
      const after = verb === "add" ? addRule(this.#rules, rule) : deleteRule(this.#rules, rule);
      this.#rules = after ?? this.#rules;
      return after !== undefined;
    }
    if (object === "nexthop") return this.#nexthop(verb, parseNexthop(family === "inet6", words));
    if (object !== "route") throw new Error(`not a step: ${object}`);
    const after = routeVerbs[verb ?? ""]?.(this.#routes, parseRoute(family, words));
    this.#routes = after ?? this.#routes;
    return after !== undefined;
  }

  /** With an object go the routes by it. */
  #nexthop(verb: string | undefined, one: ModelNexthop): boolean {
    const after =
      verb === "add"
        ? addNexthop(this.#nexthops, one)
        : verb === "replace"
          ? replaceNexthop(this.#nexthops, one)
          : deleteNexthop(this.#nexthops, one);
    if (after === undefined) return false;
    this.#nexthops = after;
    const left = new Set(after.map(idOf));
    this.#routes = this.#routes.filter(({ words }) => !words.has("nhid") || left.has(words.get("nhid") ?? ""));
    return true;
  }

  #name({ tableId, written }: TableNameStep): boolean {
    const file = `/etc/iproute2/rt_tables.d/policy-routing-${tableId}.conf`;
    const names = new Map(this.#names);
    names.delete(file);
    if (written !== undefined)
      names.set(file, `${nameHeader}\t${written.owner.id}\t${written.owner.stack}\n# made \n${tableId} ${written.name}`);
    this.#names = names;
    return true;
  }

  /** Each device has its own number, `all` too: writing one changes no other, but forwarding. */
  #write({ file, device, value }: SettingStep): boolean {
    const key = `sysctl ${file} ${device}`;
    if (!this.#sysctls.has(key)) return false;
    if (device === "all" && file.endsWith("forwarding") && this.#sysctls.get(key) !== value) {
      for (const one of this.#sysctls.keys()) if (one.startsWith(`sysctl ${file} `)) this.set(one, value);
      const redirects = "sysctl accept_redirects all";
      if (file === "forwarding" && this.#sysctls.has(redirects)) this.set(redirects, value === 0 ? 1 : 0);
    }
    this.set(key, value);
    return true;
  }
}
