import type { Connection } from "../declaration/connection";
import { isUnknown } from "../declaration/unknown";
import { messageOf } from "../errors";
import { commandOf } from "../kernel/plan/step";
import type { Declared } from "../runtime/declared";
import type { EngineLog } from "../runtime/engineLog";
import type { Properties } from "../runtime/handlers";
import { kindOf } from "../runtime/kinds";
import type { Urn } from "./urn";

/** A change that a preview asks about. */
interface Asked {
  readonly urn: string;
  readonly id: string;
  readonly declared: Declared;
  readonly before: Declared | undefined;
  done(): void;
}

/** Milliseconds in which what a preview asks of a host gathers: the engine asks some 20 to 70 ms apart, and each group costs a login. */
const gathering = 120;
/** Steps of one resource that are told. */
const most = 5;

/**
 * What `up` would run on the hosts as they are now, and what would be refused, told at each resource of a preview. It reads; it changes nothing; and a
 * host that cannot be read makes no preview fail.
 */
export class LivePreview {
  readonly #say: EngineLog["say"];
  readonly #open = new Map<string, Asked[]>();

  constructor(say: EngineLog["say"]) {
    this.#say = say;
  }

  /** Resolves once it is told. What is not known yet cannot be planned. What is to be made has no id yet: its name stands for it. */
  tell(urn: string, { kind: name }: Urn, id: string, olds: Properties | undefined, news: Properties): Promise<void> {
    if (isUnknown(news)) return Promise.resolve();
    const kind = kindOf(name);
    const declared = kind.declared(news);
    const before = olds === undefined ? undefined : kind.declared(olds);
    return new Promise((done) => this.#gather({ urn, id, declared, before, done }));
  }

  #gather(asked: Asked): void {
    const host = JSON.stringify(asked.declared.connection);
    const others = this.#open.get(host);
    if (others !== undefined) {
      others.push(asked);
      return;
    }
    const group = [asked];
    this.#open.set(host, group);
    setTimeout(() => {
      this.#open.delete(host);
      void this.#answer(asked.declared.connection, group);
    }, gathering);
  }

  async #answer(connection: Connection, group: readonly Asked[]): Promise<void> {
    const { planOn }: typeof import("../host/transaction/proposal") = require("../host/transaction/proposal");
    const { together }: typeof import("../kernel/observed/look") = require("../kernel/observed/look");
    const { changeToEnsure }: typeof import("../runtime/reconcile") = require("../runtime/reconcile");
    const { host } = connection;
    try {
      const intended = group.map((asked) => ({
        asked,
        change: changeToEnsure(asked.id, asked.declared, asked.before),
        look: together([asked.declared.look, ...(asked.before === undefined ? [] : [asked.before.look])]),
      }));
      const { planned, refused, management } = await planOn(connection, intended);
      for (const { of, plan } of planned) this.#say(planText(host, plan.steps.map(commandOf)), { urn: of.asked.urn, stays: "info" });
      for (const { of, error } of refused) this.#warn(of.asked, `would be refused: ${error.message}`);
      if (management !== undefined) for (const asked of group) this.#warn(asked, `would be refused: ${management.message}`);
    } catch (error) {
      for (const asked of group) this.#warn(asked, `what up would do cannot be told: ${messageOf(error)}`);
    }
    for (const { done } of group) done();
  }

  #warn({ urn }: Asked, what: string): void {
    this.#say(what, { urn, stays: "warning" });
  }
}

function planText(host: string, commands: readonly string[]): string {
  if (commands.length === 0) return `on ${host} up would change nothing now: it shows what is declared`;
  const shown = commands.slice(0, most).map((command) => `    ${command.replaceAll("\n", " ")}`);
  const more = commands.length > most ? [`    and ${commands.length - most} more`] : [];
  return [`on ${host} up would run now:`, ...shown, ...more].join("\n");
}
