import { isPolicyRoutingError, messageOf, PolicyRoutingError } from "../errors";
import { warn } from "../host/told";
import type { Topic } from "../messages";

/**
 * What to do about a host that does not answer, for one run: read and delete see only old state, so it cannot be an input.
 * It is never taken to be gone by itself; the engine's own way around it is said.
 */
const variable = "POLICY_ROUTING_UNREACHABLE";

type Wish = "keep" | "forget" | undefined;

/** What a provider's configuration says; the environment of a run wins. */
let configured: Wish;
export function wishForUnreachable(wish: Wish): void {
  configured = wish;
}

function wish(): Wish {
  const value = process.env[variable] ?? configured;
  if (value === undefined || value === "" || value === "keep" || value === "forget") return value === "" ? undefined : value;
  throw new PolicyRoutingError("invalid", {
    topic: "unreachable-variable",
    what: `${variable} is neither keep nor forget`,
    next: "set it to one of these, or unset it",
  });
}

const say = (topic: Topic, host: string, what: string): void => warn(host, { topic, what });

function withRecipe(error: unknown, ways: string): never {
  if (!isPolicyRoutingError(error) || error.kind !== "unreachable") throw error;
  throw new PolicyRoutingError(error.kind, {
    ...error.parts,
    next: `run it again when the host answers; to go on without this resource now, add --exclude '**NAME' (NAME is the resource's name)${ways}`,
  });
}

const isUnreachable = (error: unknown): boolean => isPolicyRoutingError(error) && error.kind === "unreachable";

/** In read: the state stays as it is, and says that nobody looked. */
export const keptOrRecipe =
  (host: string) =>
  (error: unknown): "kept" => {
    if (!isUnreachable(error) || wish() !== "keep") return withRecipe(error, `, or set ${variable}=keep for this run`);
    say("kept-unseen", host, "not reachable: its state is kept as it was and was NOT looked at");
    return "kept";
  };

/** In delete: the engine forgets it, and what is on the host stays there. */
export const forgottenOrRecipe =
  (host: string, id: string) =>
  (error: unknown): void => {
    if (!isUnreachable(error) || wish() !== "forget")
      withRecipe(error, `, or set ${variable}=forget for this run: then it stays on the host`);
    say(
      "left-on-host",
      host,
      `NOT removed from ${host}: unreachable. What ${id} owns is still there; the same program takes it over when the host answers again`,
    );
  };

/** Of the old address, when a resource gets another one: false when it is not asked, which removes nothing there. */
export const unaskedOrRecipe =
  (host: string, id: string, isKnown: boolean) =>
  (error: unknown): false => {
    if (isKnown)
      say(
        "old-address",
        host,
        `not asked, so nothing is removed there: it is taken for an old address of this machine, whose machine-id is the one that the state has (${reasonOf(error)})`,
      );
    else if (isUnreachable(error) && wish() === "forget")
      say("left-on-host", host, `NOT removed from ${host}: unreachable. What ${id} owns is still there, if it is another machine`);
    else withRecipe(error, `, or set ${variable}=forget for this run: if it is another machine, what it owns stays there`);
    return false;
  };

export const reasonOf = (error: unknown): string => (isPolicyRoutingError(error) ? error.parts.what : messageOf(error));
