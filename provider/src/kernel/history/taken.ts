import { parseRegisterKey, routeKey, ruleKey } from "../../declaration/key";
import { literalRoute } from "../../declaration/route/declaredRoute";
import type { Route } from "../../declaration/route/route";
import { type Rule, ruleAttributes } from "../../declaration/rule/rule";
import { literally, rulesIn } from "../../declaration/rule/ruleSet";
import { PolicyRoutingError } from "../../errors";
import type { HeldObject } from "../observed/kind";
import { type ObservedRule, routesAt, rulesAtKey, type State } from "../observed/state";
import type { Instead, Plan } from "../plan/change";
import { command } from "../route/steps";
import { add, addBack, del, delAllForeign, times } from "../rule/steps";
import { same } from "../words";

/** What stood at a key in nobody's name until a change took it over: in the form of a program, with the tag that it had. */
export interface Taken {
  readonly proto: number;
  readonly is: HeldObject;
}

/** Of what is gone, that which can be told in the form of a program, and so be put back exactly. */
export function takenAt(at: string, before: State, after: State, isOwned: (protocol: number) => boolean): Taken[] {
  const { key } = parseRegisterKey(at);
  const rules = rulesAtKey(before, key).filter(
    (one) => !isOwned(one.protocol) && one.given === undefined && one.unread.length === 0 && !isThere(one, rulesAtKey(after, key)),
  );
  const left = routesAt(after, key);
  const routes = routesAt(before, key).filter(
    ({ protocol, unread }) => !isOwned(protocol) && unread.length === 0 && !left.some((other) => other.protocol === protocol),
  );
  return [
    ...rules.map(({ rule, protocol }) => ({ proto: protocol, is: { rule } })),
    ...routes.map(({ route, protocol }) => ({ proto: protocol, is: { route } })),
  ];
}

const isThere = ({ rule, protocol }: ObservedRule, all: readonly ObservedRule[]): boolean =>
  all.some((other) => other.protocol === protocol && same(ruleAttributes, rule, other.rule));

/** What is ours at a key goes, and what it took over stands there again, with no moment in which neither does. */
export function givenBack(taken: readonly Taken[], tag: number): Instead | undefined {
  const [first] = taken;
  if (first === undefined) return undefined;
  if (taken.length === 1 && "route" in first.is) {
    const asked = literalRoute(first.is.route);
    return asked === undefined ? undefined : routeBack(asked, first.proto, tag);
  }
  const rules = taken.flatMap(({ is, proto }) => {
    const asked = "rule" in is ? literally(is.rule) : undefined;
    return asked === undefined ? [] : rulesIn(asked).map((rule): ObservedRule => ({ rule, protocol: proto, unread: [] }));
  });
  return rules.length < taken.length ? undefined : rulesBack(rules, tag);
}

function rulesBack(taken: readonly ObservedRule[], tag: number): Instead {
  const key = ruleKey(taken[0]?.rule ?? { family: "inet", priority: 0 });
  return {
    remove: (state, at): Plan => {
      const all = rulesAtKey(state, key);
      const ours = all.filter(({ protocol }) => protocol === tag);
      const others = all.filter(({ protocol }) => protocol !== tag);
      const missing = taken.filter((one) => !isThere(one, others));
      const twin = others.find((other) => missing.some(({ rule }) => same(ruleAttributes, rule, other.rule)));
      if (twin !== undefined) throw inTheWay(key);
      const gone: Rule | undefined = ours[0]?.rule;
      const deletions = gone === undefined ? [] : times(ours.length, del(gone, tag));
      return {
        keys: [key],
        steps: [...missing.map(({ rule, protocol }) => add(rule, protocol)), ...deletions],
        // By its words alone the kernel might take ours for one without a tag: ours goes first.
        undo: [...deletions, ...delAllForeign(missing), ...ours.map(addBack)],
        register: [{ at }],
        becomes: [{ key, rules: [...others, ...missing] }],
        notes: [],
      };
    },
    missing: (state) => {
      const lost = taken.find((one) => !isThere(one, rulesAtKey(state, key)));
      return lost === undefined ? undefined : `${key} of proto ${lost.protocol} is not given back`;
    },
  };
}

/** As it was taken over: by one replace. */
function routeBack(route: Route, proto: number, tag: number): Instead {
  const key = routeKey(route);
  return {
    remove: (state, at): Plan => {
      const all = routesAt(state, key);
      const [ours, ...others] = all;
      if (ours === undefined || ours.protocol !== tag || others.length > 0) throw inTheWay(key);
      const given = { route, protocol: proto, unread: [] };
      return {
        keys: [key],
        steps: [command("replace", route, proto)],
        undo: [command("replace", ours.route, tag)],
        register: [{ at }],
        becomes: [{ key, routes: [given] }],
        notes: [],
      };
    },
    missing: (state) =>
      routesAt(state, key).some(({ protocol }) => protocol === proto) ? undefined : `${key} of proto ${proto} is not given back`,
  };
}

const inTheWay = (key: string): PolicyRoutingError =>
  new PolicyRoutingError("conflict", {
    topic: "rollback-refused",
    object: key,
    what: "refused, nothing was changed: what was taken over there cannot be given back beside what somebody else has put there since",
    next: "remove that on the host, or correct the program and run pulumi up",
  });
