import * as pulumi from "@pulumi/pulumi";
import { canonical } from "../declaration/canonical";
import { printFailure } from "../declaration/failures";
import { commandsOf } from "../declaration/multihomed/commands";
import { expand, nftText, type Routing } from "../declaration/multihomed/expand";
import { multihomedFields, settleMultihomed } from "../declaration/multihomed/multihomed";
import type { ExpectationArgs, HostRoutingArgs, MultihomedArgs, RouteArgs, RuleArgs, TableArgs } from "./arguments";
import { tellProgramAlone } from "./callStack";
import { HostRouting } from "./hostRouting";
import { refuseUnheard } from "./unheard";

/** The uplinks of a host, how to reach it, and whatever else HostRouting is to declare there. */
export interface MultihomedHostArgs extends MultihomedArgs, HostRoutingArgs {}

/** Ours, and what the program declares beside. */
type Labelled<Entry> = Readonly<Record<string, pulumi.Input<Entry> | undefined>>;

interface Expanded {
  /** What is wrong, for the checks of what it is made of: so it is told once, and nothing reaches a host. */
  readonly invalid: string | undefined;
  readonly routing: Routing;
  readonly tables: Readonly<Record<string, number>>;
  readonly priorities: Readonly<Record<string, number>>;
  readonly commands: readonly string[];
  readonly nft: string | undefined;
}

/**
 * A host with several uplinks, from which each connection is answered by the uplink that it came by: the how-to for all of them, or for the
 * one beside a primary that somebody else manages, in one HostRouting. What an uplink comes to is made of its own table's number, so adding one changes no other.
 */
export class MultihomedHost extends pulumi.ComponentResource {
  /** The class of what it is made of: that of `pulumi-policy-routing/plugin` says another. */
  static readonly whole: typeof HostRouting = HostRouting;

  /** What it is made of. */
  readonly routing: HostRouting;
  /** Number of each uplink's table. */
  readonly tables: pulumi.Output<Readonly<Record<string, number>>>;
  /** Priority of each rule, by its label in the HostRouting. */
  readonly priorities: pulumi.Output<Readonly<Record<string, number>>>;
  /** The same by hand, in the words of `ip`: for a human reader. */
  readonly commands: pulumi.Output<readonly string[]>;
  /** With `connmark`: what `nft -f` must be given on the host, by whatever manages its firewall. */
  readonly nft: pulumi.Output<string | undefined>;

  constructor(name: string, args: MultihomedHostArgs, options?: pulumi.ComponentResourceOptions) {
    const { whole } = new.target;
    refuseUnheard(`MultihomedHost ${name}`, options, whole.door.unheard);
    const tellAll = tellProgramAlone();
    try {
      super("policyrouting:index:MultihomedHost", name, {}, options);
    } finally {
      tellAll();
    }
    const { uplinks, outside, toRule, mainDefault, killSwitch, connmark, priorityBase, ...more } = args;
    const declared = pulumi.output({ uplinks, outside, toRule, mainDefault, killSwitch, connmark, priorityBase });
    const expanded = declared.apply((values) => expandedOf(name, { ...values }));
    const routing = {
      ...more,
      invalid: expanded.invalid,
      tables: pulumi
        .all([expanded, more.tables ?? {}])
        .apply(([{ routing }, theirs]): Labelled<TableArgs> => ({ ...routing.tables, ...theirs })),
      routes: pulumi
        .all([expanded, more.routes ?? {}])
        .apply(([{ routing }, theirs]): Labelled<RouteArgs> => ({ ...routing.routes, ...theirs })),
      rules: pulumi
        .all([expanded, more.rules ?? {}])
        .apply(([{ routing }, theirs]): Labelled<RuleArgs> => ({ ...routing.rules, ...theirs })),
      reversePathFilter: pulumi
        .all([expanded, more.reversePathFilter ?? {}])
        .apply(([{ routing }, theirs]) => ({ ...routing.reversePathFilter, ...theirs })),
      arpIgnore: pulumi.all([expanded, more.arpIgnore ?? {}]).apply(([{ routing }, theirs]) => ({ ...routing.arpIgnore, ...theirs })),
      arpAnnounce: pulumi.all([expanded, more.arpAnnounce ?? {}]).apply(([{ routing }, theirs]) => ({ ...routing.arpAnnounce, ...theirs })),
      expect: pulumi
        .all([expanded, more.expect ?? []])
        .apply(([{ routing }, theirs]): pulumi.Input<ExpectationArgs>[] => [...routing.expect, ...theirs]),
    };
    this.routing = new whole(
      name,
      routing,
      // A component's dependencies are not its children's.
      { parent: this, ...(options?.dependsOn === undefined ? {} : { dependsOn: options.dependsOn }) },
    );
    this.tables = expanded.tables;
    this.priorities = expanded.priorities;
    this.commands = expanded.commands;
    this.nft = expanded.nft;
    this.registerOutputs({ tables: this.tables, priorities: this.priorities, commands: this.commands, nft: this.nft });
  }
}

const nothing: Routing = { tables: {}, routes: {}, rules: {}, expect: [] };

function expandedOf(name: string, uplinks: Readonly<Record<string, unknown>>): Expanded {
  const { values, problems } = canonical(multihomedFields, uplinks, settleMultihomed);
  const routing = problems.length > 0 ? nothing : expand(values);
  const tables = Object.entries(values.uplinks ?? {}).flatMap(([label, { table }]) => (table === undefined ? [] : [[label, table]]));
  const priorities = Object.entries(routing.rules).map(([label, { priority }]) => [label, priority]);
  return {
    invalid: problems.length > 0 ? `MultihomedHost ${name}: ${problems.map(printFailure).join("; ")}` : undefined,
    routing,
    tables: Object.fromEntries(tables),
    priorities: Object.fromEntries(priorities),
    commands: problems.length > 0 ? [] : commandsOf(routing),
    nft: values.connmark === true ? nftText(values) : undefined,
  };
}
