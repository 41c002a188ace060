import * as pulumi from "@pulumi/pulumi";
import { canonical } from "../spec/canonical";
import { printProblem } from "../spec/failures";
import { commandsOf } from "../spec/multihomed/commands";
import { expand, nftText, type Routing } from "../spec/multihomed/expand";
import { multihomedFields, settleMultihomed } from "../spec/multihomed/multihomed";
import type { ExpectationArgs, HostRoutingArgs, MultihomedArgs, RouteArgs, RuleArgs, TableArgs } from "./arguments";
import { failLater } from "./claim";
import { HostRouting } from "./hostRouting";

/** The uplinks of a host, how to reach it, and whatever of HostRouting is to be said beside. */
export interface MultihomedHostArgs
  extends MultihomedArgs,
    Pick<HostRoutingArgs, "connection" | "adopt" | "guard" | "exclusive" | "expect" | "reversePathFilter"> {}

interface Expanded {
  readonly routing: Routing;
  readonly tables: Readonly<Record<string, number>>;
  readonly priorities: Readonly<Record<string, number>>;
  readonly commands: readonly string[];
  readonly nft: string | undefined;
}

/**
 * A host with two or more uplinks, from which each connection is answered by the uplink that it came by: the how-to for all of them, in one
 * HostRouting. What an uplink comes to is made of its own table's number, so adding one changes no other.
 */
export class MultihomedHost extends pulumi.ComponentResource {
  /** Number of each uplink's table. */
  readonly tables: pulumi.Output<Readonly<Record<string, number>>>;
  /** Priority of each rule, by its label in the HostRouting. */
  readonly priorities: pulumi.Output<Readonly<Record<string, number>>>;
  /** The same by hand, in the words of `ip`: for a human reader. */
  readonly commands: pulumi.Output<readonly string[]>;
  /** With `connmark`: what `nft -f` must be given on the host, by whatever manages its firewall. */
  readonly nft: pulumi.Output<string | undefined>;

  constructor(name: string, args: MultihomedHostArgs, options?: pulumi.ComponentResourceOptions) {
    super("policyrouting:index:MultihomedHost", name, {}, options);
    const { connection, adopt, guard, exclusive, expect, reversePathFilter, ...uplinks } = args;
    const expanded = pulumi.output(uplinks).apply((values) => expandedOf(name, { ...values }));
    const part = <Value>(of: (routing: Routing) => Value): pulumi.Output<Value> => expanded.apply<Value>(({ routing }) => of(routing));
    new HostRouting(
      name,
      {
        connection,
        ...(adopt === undefined ? {} : { adopt }),
        ...(guard === undefined ? {} : { guard }),
        ...(exclusive === undefined ? {} : { exclusive }),
        tables: part<Readonly<Record<string, TableArgs>>>(({ tables }) => tables),
        routes: part<Readonly<Record<string, RouteArgs>>>(({ routes }) => routes),
        rules: part<Readonly<Record<string, RuleArgs>>>(({ rules }) => rules),
        reversePathFilter: pulumi
          .all([part((routing) => routing.reversePathFilter ?? {}), reversePathFilter ?? {}])
          .apply(([ours, theirs]) => ({ ...ours, ...theirs })),
        arpIgnore: part(({ arpIgnore = {} }) => arpIgnore),
        arpAnnounce: part(({ arpAnnounce = {} }) => arpAnnounce),
        expect: pulumi
          .all([part<ExpectationArgs[]>((routing) => [...routing.expect]), expect ?? []])
          .apply(([ours, theirs]): pulumi.Input<ExpectationArgs>[] => [...ours, ...theirs]),
      },
      { parent: this },
    );
    this.tables = expanded.tables;
    this.priorities = expanded.priorities;
    this.commands = expanded.commands;
    this.nft = expanded.nft;
    this.registerOutputs({ tables: this.tables, priorities: this.priorities, commands: this.commands, nft: this.nft });
  }
}

/** An entry that the checks refuse: after an error nothing may reach a host, least of all the removal of what is there. */
const refused: Routing = { tables: {}, routes: { "not valid": { destination: "none" } }, rules: {}, expect: [] };

function expandedOf(name: string, uplinks: Readonly<Record<string, unknown>>): Expanded {
  const { values, problems } = canonical(multihomedFields, uplinks, settleMultihomed);
  if (problems.length > 0) failLater(`MultihomedHost ${name}: ${problems.map(printProblem).join("; ")}`);
  const routing = problems.length > 0 ? refused : expand(values);
  const tables = Object.entries(values.uplinks ?? {}).flatMap(([label, { table }]) => (table === undefined ? [] : [[label, table]]));
  const priorities = Object.entries(routing.rules).map(([label, { priority }]) => [label, priority]);
  return {
    routing,
    tables: Object.fromEntries(tables),
    priorities: Object.fromEntries(priorities),
    commands: problems.length > 0 ? [] : commandsOf(routing),
    nft: values.connmark === true ? nftText(values) : undefined,
  };
}
