// What a program may write, as the compiler sees it: `tsc` is the test, this file only has to load.
import { strict as assert } from "node:assert";
import type { remote, types } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { describe, it } from "mocha";
import type {
  ConnectionArgs,
  ExpectationArgs,
  Family,
  GuardArgs,
  HostRoutingArgs,
  MemberArgs,
  MultihomedArgs,
  NexthopArgs,
  NexthopObjectArgs,
  PolicyRoute,
  PolicyRouteArgs,
  PolicyRule,
  PolicyRuleArgs,
  ProbeArgs,
  ProxyConnectionArgs,
  RouteArgs,
  RoutingTable,
  RoutingTableArgs,
  RuleArgs,
  Table,
  TableArgs,
  UplinkArgs,
  UplinkSideArgs,
} from "pulumi-policy-routing";
import type { Field, Inputs } from "../../provider/src/declaration/attribute";
import type { connectionFields, proxyFields } from "../../provider/src/declaration/connection";
import type { Section } from "../../provider/src/declaration/entryKinds";
import type { commonFields } from "../../provider/src/declaration/everyResource";
import type { expectationFields } from "../../provider/src/declaration/expectation";
import type { guardFields, probeFields } from "../../provider/src/declaration/guard";
import type { hostRoutingFields } from "../../provider/src/declaration/hostRouting";
import type { multihomedFields } from "../../provider/src/declaration/multihomed/multihomed";
import type { sideFields, uplinkFields } from "../../provider/src/declaration/multihomed/uplink";
import type { nexthopAttributes } from "../../provider/src/declaration/nexthop/attributes";
import type { memberFields } from "../../provider/src/declaration/nexthop/group";
import type { declaredRouteAttributes } from "../../provider/src/declaration/route/declaredRoute";
import type { nexthopFields } from "../../provider/src/declaration/route/nexthops";
import type { ruleSetAttributes } from "../../provider/src/declaration/rule/ruleSet";
import type { sysctlFields } from "../../provider/src/declaration/sysctl/fields";
import type { routingTableAttributes } from "../../provider/src/declaration/table/table";

/** Compiles when the two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <Claim extends true>(claim?: Claim): void => void claim;

/** The fields whose type is not what the descriptors say; those that hold objects or lists, of which parts may be inputs. */
type Other<Args, Table> = {
  [Name in keyof Args & keyof Table]-?: Same<NonNullable<Args[Name]>, pulumi.Input<NonNullable<Inputs<Table>[Name]>>> extends true
    ? never
    : Name;
}[keyof Args & keyof Table];
/** The same fields, and those types that can be are the same. */
type Plain<Args, Table, Nested = never> = Same<keyof Args, keyof Table> extends true ? Same<Other<Args, Table>, Nested> : false;

function typesAreThoseOfTheDescriptors(): void {
  holds<Plain<ProxyConnectionArgs, typeof proxyFields>>();
  holds<Plain<ConnectionArgs, typeof connectionFields, "proxy">>();
  holds<Plain<ProbeArgs, typeof probeFields>>();
  holds<Plain<GuardArgs, typeof guardFields, "probes">>();
  holds<Plain<RuleArgs, typeof ruleSetAttributes, "from" | "to">>();
  holds<Plain<RouteArgs, typeof declaredRouteAttributes, "via" | "nexthops">>();
  holds<Plain<NexthopArgs, typeof nexthopFields>>();
  holds<Plain<NexthopObjectArgs, typeof nexthopAttributes, "group">>();
  holds<Plain<MemberArgs, typeof memberFields>>();
  holds<Plain<TableArgs, typeof routingTableAttributes>>();
  holds<Plain<ExpectationArgs, typeof expectationFields>>();
  type Sections = Section | keyof typeof sysctlFields | "expect";
  holds<Plain<HostRoutingArgs, typeof commonFields & typeof hostRoutingFields, "connection" | "guard" | Sections>>();
  holds<Plain<MultihomedArgs, typeof multihomedFields, "uplinks" | "outside" | "mainDefault">>();
  holds<Plain<UplinkArgs, typeof uplinkFields, "v6" | "address" | "prefer">>();
  holds<Plain<UplinkSideArgs, typeof sideFields, "address">>();
  holds<Same<Family, typeof ruleSetAttributes.family extends Field<infer Value, infer _Input> ? Value : never>>();
  holds<Same<Table, typeof ruleSetAttributes.table extends Field<infer Value, infer _Input> ? Value : never>>();
}

declare const text: pulumi.Output<string>;
declare const number: pulumi.Output<number>;

const password = "secret";
/** One object for both packages: not a literal at the place of use, so that fields which one of them lacks are no error there. */
const shared = {
  host: "edge-1.example.net",
  port: 22,
  user: "root",
  password,
  privateKey: "-----BEGIN OPENSSH PRIVATE KEY-----",
  privateKeyPassword: password,
  agentSocketPath: "/run/agent",
  hostKey: "ssh-ed25519 AAAA",
  dialErrorLimit: 3,
  perDialTimeout: 15,
  proxy: { host: "jump.example.net", port: 22, user: "root", privateKey: "key", dialErrorLimit: 3, perDialTimeout: 15 },
};
/** A connection that is written in the terms of the other package. */
type CommandConnection = types.input.remote.ConnectionArgs;

function acceptedByTheCompiler(rule: PolicyRule, route: PolicyRoute, table: RoutingTable): unknown[] {
  const connection: ConnectionArgs = shared;
  const command: remote.CommandArgs = { connection: shared, create: "true" };
  const files: types.input.remote.ConnectionArgs = shared;
  const withOutputs: ConnectionArgs = {
    host: text,
    port: number,
    password: text,
    sudo: true,
    privateKeyPath: "~/.ssh/id_ed25519",
    knownHostsPath: text,
    insecureIgnoreHostKey: false,
    proxy: { host: text, port: number, privateKeyPath: text },
  };
  const wholeIsAnOutput: PolicyRuleArgs = {
    connection: {} as pulumi.Output<ConnectionArgs>,
    priority: number,
    from: text,
    table: table.tableId,
    guard: { confirmTimeout: number, probes: [{ ping: text, expect: true }, {} as pulumi.Output<{ tcp: string }>] },
  };
  const everyRule: PolicyRuleArgs = {
    connection: shared,
    priority: 1000,
    family: "inet6",
    not: true,
    from: "::/0",
    to: text,
    iif: "eth0",
    oif: "eth1",
    fwmark: 1,
    action: "prohibit",
    adopt: true,
  };
  const named: PolicyRuleArgs = { connection: shared, priority: 1000, table: "main", fwmark: "0x1/0xff", from: text };
  const everyRoute: PolicyRouteArgs = {
    connection: shared,
    family: "inet",
    destination: text,
    via: text,
    dev: "eth1",
    src: text,
    metric: number,
    table: table.tableId,
    type: "unicast",
    scope: "link",
    onlink: true,
  };
  const everyTable: RoutingTableArgs = { connection: withOutputs, tableId: number, name: text };

  holds<Same<typeof table.tableId, pulumi.Output<number>>>();
  holds<Same<typeof table.name, pulumi.Output<string>>>();
  holds<Same<typeof rule.priority, pulumi.Output<number>>>();
  holds<Same<typeof rule.family, pulumi.Output<"inet" | "inet6">>>();
  holds<Same<typeof rule.table, pulumi.Output<number | "main" | "default" | "local" | undefined>>>();
  holds<Same<typeof route.table, pulumi.Output<number | "main" | "default" | "local">>>();
  holds<Same<typeof route.destination, pulumi.Output<string>>>();
  return [connection, command, files, withOutputs, wholeIsAnOutput, everyRule, named, everyRoute, everyTable];
}

function refusedByTheCompiler(table: RoutingTable): unknown[] {
  const rule = { connection: shared, priority: 1000, table: 5 };
  const route = { connection: shared, destination: "default" };
  // @ts-expect-error the priority is required
  const noPriority: PolicyRuleArgs = { connection: shared, table: 5 };
  // @ts-expect-error the connection is required
  const noConnection: PolicyRouteArgs = { destination: "default" };
  // @ts-expect-error the host is required
  const noHost: ConnectionArgs = { user: "root" };
  // @ts-expect-error a misspelt field
  const misspelt: PolicyRuleArgs = { ...rule, fwmak: 1 };
  // @ts-expect-error a misspelt field of the connection
  const misspeltConnection: ConnectionArgs = { host: "h", hots: "h" };
  // @ts-expect-error a jump host has no jump host of its own
  const proxyOfProxy: ConnectionArgs = { host: "h", proxy: { host: "j", proxy: { host: "k" } } };
  // @ts-expect-error a number is wanted
  const textForNumber: PolicyRuleArgs = { ...rule, priority: "1000" };
  // @ts-expect-error an output of the wrong type
  const wrongOutput: PolicyRuleArgs = { ...rule, from: table.tableId };
  // @ts-expect-error a word that is none
  const wrongWord: PolicyRuleArgs = { ...rule, action: "drop" };
  // @ts-expect-error a next hop says its device
  const noDevice: PolicyRouteArgs = { ...route, nexthops: [{ via: "192.0.2.1" }, { via: "192.0.2.2", dev: "eth1" }] };
  // @ts-expect-error no such table
  const wrongTable: PolicyRuleArgs = { ...rule, table: "mian" };
  // @ts-expect-error a family is inet or inet6
  const wrongFamily: PolicyRouteArgs = { ...route, family: "ipv4" };
  // @ts-expect-error the resource classes fill it in
  const owner: PolicyRuleArgs = { ...rule, owner: { stack: "x" } };
  return [
    noPriority,
    noConnection,
    noHost,
    misspelt,
    misspeltConnection,
    proxyOfProxy,
    textForNumber,
    wrongOutput,
    wrongWord,
    noDevice,
    wrongTable,
    wrongFamily,
    owner,
  ];
}

/** A connection that the other package's types describe serves here as it is. */
const servesHere = (connection: CommandConnection & ConnectionArgs): PolicyRuleArgs => ({ connection, priority: 1000, table: 5 });

describe("the types of a program's arguments", () => {
  it("one connection object serves @pulumi/command and this package, inputs take outputs, and slips are errors: this file compiles", () => {
    for (const compiled of [typesAreThoseOfTheDescriptors, acceptedByTheCompiler, refusedByTheCompiler, servesHere])
      assert.equal(typeof compiled, "function");
  });
});
