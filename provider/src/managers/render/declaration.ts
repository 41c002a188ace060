import type { Nexthop } from "../../declaration/nexthop/nexthop";
import type { Route } from "../../declaration/route/route";
import type { Rule } from "../../declaration/rule/rule";
import type { Sysctl } from "../../declaration/sysctl/sysctl";
import type { NamedTable } from "../../declaration/table/table";
import { PolicyRoutingError } from "../../errors";
import { wantedSysctl } from "../../kernel/sysctl/sysctl";

/** A setting of a device, with the field that declares it. */
export interface Setting extends Sysctl {
  readonly field: string;
}

/** Everything that is declared for one host, in canonical form. */
export interface Declaration {
  readonly tables: readonly NamedTable[];
  readonly nexthops: readonly Nexthop[];
  readonly routes: readonly Route[];
  readonly rules: readonly Rule[];
  readonly settings: readonly Setting[];
}

/** A file of another manager's configuration. */
export interface ConfigurationFile {
  readonly path: string;
  readonly text: string;
}

/** What a manager cannot express: all of it is told at once. */
export class Refusals {
  readonly #found: string[] = [];

  /** `newest` is the version up to which its keys are known here. */
  constructor(
    private readonly manager: string,
    private readonly newest = manager,
  ) {}

  /** Why an attribute that a manager's keys do not list is refused. */
  get unsaid(): string {
    return `has no key up to ${this.newest}`;
  }

  add(object: string, attribute: string, why: string): void {
    this.#found.push(`${object}: ${attribute}: ${why}`);
  }

  /** Of devices: only ifupdown can say them, by a command. */
  addSettings(settings: readonly Setting[]): void {
    for (const one of settings) this.add(wantedSysctl(one).label, one.field, `${this.unsaid}; /etc/sysctl.d could say it`);
  }

  /** Call it before anything is handed out: what would be left out in silence could send packets elsewhere. */
  refuse(): void {
    if (this.#found.length === 0) return;
    throw new PolicyRoutingError("unsupported", {
      topic: "not-expressible",
      what: `${this.manager} cannot express all of it`,
      details: this.#found,
      next: "declare it without these, or leave it to this package: it persists them by itself",
    });
  }
}

const rtTables = "/etc/iproute2/rt_tables.d/policy-routing.conf";

/** The names of tables, which no manager registers for `ip`. */
export function nameFiles(tables: readonly NamedTable[]): ConfigurationFile[] {
  if (tables.length === 0) return [];
  return [{ path: rtTables, text: tables.map(({ tableId, name }) => `${tableId} ${name}\n`).join("") }];
}
