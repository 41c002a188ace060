import { routeKey } from "../../declaration/key";
import { literalRoute } from "../../declaration/route/declaredRoute";
import type { Route } from "../../declaration/route/route";
import type { Taken } from "../observed/kind";
import { routesAt, type State } from "../observed/state";
import { cannotGiveBack } from "../plan/adoption";
import type { Instead, Plan } from "../plan/change";
import { command } from "./steps";

export function takenRoutes(key: string, before: State, after: State, isOwned: (protocol: number) => boolean): Taken[] {
  const left = routesAt(after, key);
  return routesAt(before, key).flatMap(({ route, protocol, unread }) =>
    isOwned(protocol) || unread.length > 0 || left.some((other) => other.protocol === protocol) ? [] : [{ proto: protocol, is: { route } }],
  );
}

export function routeBack([one, ...others]: readonly Taken[], tag: number): Instead | undefined {
  const asked = one !== undefined && others.length === 0 && "route" in one.is ? literalRoute(one.is.route) : undefined;
  return one === undefined || asked === undefined ? undefined : back(asked, one.proto, tag);
}

/** As it was taken over: by one replace. */
function back(route: Route, proto: number, tag: number): Instead {
  const key = routeKey(route);
  return {
    remove: (state, at): Plan => {
      const all = routesAt(state, key);
      const [ours, ...others] = all;
      if (ours === undefined || ours.protocol !== tag || others.length > 0) throw cannotGiveBack(key);
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
