import type { Family } from "../../provider/src/declaration/family";
import { tableOf } from "../../provider/src/declaration/tableNumber";
import { parseIpJson } from "../../provider/src/kernel/observed/ipJson";
import { parseNames, parseRoutes, parseRules, parseSysctls } from "../../provider/src/kernel/observed/parse";
import { emptyState, type State } from "../../provider/src/kernel/observed/state";
import { parseObjects, type StoredObject } from "../../provider/src/kernel/persist/stored";
import { parseNexthops, parseRegister } from "../unit/kernel/atOnce";

/**
 * A scenario is one text, in parts that begin with `-- TITLE --`. First what the host shows, `current: COMMAND` or `current: FILE`; then what is
 * `desired`, one resource after the other in the order in which they are changed; then, by UPDATE=1, what comes of each.
 */
export interface Scenario {
  /** Its text up to what comes of it. */
  readonly given: string;
  readonly state: State;
  /** What is persisted there; undefined where the scenario is not about that. */
  readonly objects: ReadonlyMap<string, StoredObject> | undefined;
  readonly desired: readonly Desired[];
}

export interface Desired {
  readonly id: string;
  /** Of a resource; or `rollback`, which goes back to where the host was after so many changes: `{ "to": 1 }`. */
  readonly kind: string;
  /** As a person writes them; undefined for what goes. */
  readonly inputs: Readonly<Record<string, unknown>> | undefined;
}

interface Part {
  readonly title: string;
  readonly body: string;
}

const familyOf = (command: string): Family => (command.includes(" -6 ") ? "inet6" : "inet");

function stateOf(parts: readonly Part[]): State {
  const of = (pattern: RegExp) => parts.filter(({ title }) => pattern.test(title));
  const [nexthops, nexthops6] = [/-4?.*nexthop show$/, /-6.*nexthop show$/].map((pattern) =>
    of(pattern).flatMap(({ title, body }) => parseIpJson(body, title)),
  );
  return {
    ...emptyState,
    rules: of(/rule show$/).flatMap(({ title, body }) => parseRules(parseIpJson(body, title), familyOf(title))),
    routes: of(/route show table/).flatMap(({ title, body }) =>
      parseRoutes(parseIpJson(body, title), familyOf(title), tableOf(Number(title.split(" ").at(-1)))),
    ),
    nexthops: parseNexthops(nexthops ?? [], nexthops6 ?? []),
    names: of(/rt_tables/).flatMap(({ title, body }) => parseNames(`==> ${title.replace("current: ", "")}\n${body}`)),
    sysctls: parseSysctls(
      of(/\/proc\/sys/)
        .map(({ body }) => body)
        .join(""),
    ),
    register: parseRegister(
      of(/register$/)
        .map(({ body }) => body)
        .join(""),
    ),
  };
}

/** `ID: KIND INPUTS` or `ID: gone`; a line that begins with a blank goes on with the one before. */
const desiredOf = (body: string): Desired[] =>
  body.split(/\n(?=\S)/).map((text) => {
    const [, id = "", kind = "", inputs] = /^(\S+): (\S+)\s*([\s\S]*)$/.exec(text) ?? [];
    return { id, kind, inputs: kind === "gone" ? undefined : JSON.parse(inputs ?? "") };
  });

export function parseScenario(text: string): Scenario {
  const parts = [...text.matchAll(/^-- (.*) --\n([\s\S]*?)(?=^-- |(?![\s\S]))/gm)].map(([whole, title = "", body = ""]) => ({
    whole,
    title,
    body,
  }));
  const given = parts.filter(({ title }) => title === "desired" || title.startsWith("current: "));
  const stored = given.filter(({ title }) => title.includes("/etc/policy-routing/objects"));
  return {
    given: given.map(({ whole }) => whole).join(""),
    state: stateOf(given),
    objects: stored.length === 0 ? undefined : parseObjects(stored.map(({ body }) => body).join("")),
    desired: given.filter(({ title }) => title === "desired").flatMap(({ body }) => desiredOf(body.trimEnd())),
  };
}
