import type { Status } from "../host/told";
import type { EngineLog } from "../runtime/engineLog";
import type { Properties } from "../runtime/handlers";

/** Resources of one host that are told what goes on there, each in its row. Where more wait for it the stack's row has it once: in a log each row is a line. */
const most = 10;

/** Which resources wait for which host: what goes on there stands in their rows. */
export class Rows {
  readonly #waiting = new Map<string, readonly string[]>();

  /** Until the work has ended the resource waits for the hosts that its properties name. */
  async during<Answer>(urn: string, properties: readonly Properties[], work: Promise<Answer>): Promise<Answer> {
    const hosts = new Set(properties.flatMap(hostIn));
    for (const host of hosts) this.#waiting.set(host, [...this.#of(host), urn]);
    try {
      return await work;
    } finally {
      for (const host of hosts) this.#end(host, urn);
    }
  }

  saying(say: EngineLog["say"]): Status {
    return (host, line) => {
      const urns = this.#of(host);
      if (urns.length === 0 || urns.length > most) return say(line);
      for (const urn of urns) say(line, { urn });
    };
  }

  #of(host: string): readonly string[] {
    return this.#waiting.get(host) ?? [];
  }

  #end(host: string, urn: string): void {
    const others = this.#of(host).filter((one) => one !== urn);
    if (others.length === 0) this.#waiting.delete(host);
    else this.#waiting.set(host, others);
  }
}

function hostIn({ connection }: Properties): string[] {
  const host = typeof connection === "object" && connection !== null && "host" in connection ? connection.host : undefined;
  return typeof host === "string" ? [host] : [];
}
