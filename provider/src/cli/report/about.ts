import { escapeOutput } from "../../errors";
import { stackIn } from "../preview/called";
import { ownerIn } from "../preview/known";
import type { Preview } from "../preview/previewJson";
import { idle, resourcesOf } from "../preview/resources";

/** Of what the report is one. */
export interface About {
  /** PROJECT/STACK, with the organization where one of our resources says it. */
  readonly stack: string | undefined;
  readonly commit: string | undefined;
  /** When the preview was written; undefined where nobody knows. */
  readonly previewed: Date | undefined;
  readonly written: Date;
  /** How many of our resources `up` creates, updates, deletes and leaves. */
  readonly counts: Readonly<Record<"create" | "update" | "delete" | "same", number>>;
  /** Resources of other packages that change: they are not looked at. */
  readonly others: number;
}

export function aboutOf(preview: Preview, when: Pick<About, "commit" | "previewed" | "written">): About {
  const ours = resourcesOf(preview.steps);
  const known = new Set(ours.map(({ urn }) => urn));
  const others = preview.steps.filter(({ op, urn, newState, oldState }) => {
    const { type = "", custom } = newState ?? oldState ?? {};
    return !known.has(urn) && custom === true && op !== "same" && !idle.test(op) && !type.startsWith("pulumi:");
  });
  const count = (fits: (one: (typeof ours)[number]) => boolean): number => ours.filter(fits).length;
  const [owner = stackIn(preview.steps[0]?.urn ?? "")] = ours.flatMap(({ before, after }) => ownerIn((after ?? before)?.["owner"]));
  return {
    ...when,
    stack: owner === undefined ? undefined : escapeOutput(owner),
    counts: {
      create: count(({ before }) => before === undefined),
      update: count(({ before, after, acts }) => acts && before !== undefined && after !== undefined),
      delete: count(({ before, after }) => before !== undefined && after === undefined),
      same: count(({ acts }) => !acts),
    },
    others: new Set(others.map(({ urn }) => urn)).size,
  };
}

const minute = (date: Date): string => `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;

/** What stands at the head of a report, a line each. */
export function printAbout(about: About, live: boolean): [string, string][] {
  const { stack, commit, previewed, written, counts, others } = about;
  const words = { create: "to create", update: "to update", delete: "to delete", same: "as they are" } as const;
  const told = (["create", "update", "delete", "same"] as const).flatMap((one) =>
    counts[one] === 0 ? [] : [`${counts[one]} ${words[one]}`],
  );
  return [
    ...(stack === undefined ? [] : [["Stack", stack] satisfies [string, string]]),
    ...(commit === undefined ? [] : [["Commit", commit] satisfies [string, string]]),
    ...(previewed === undefined ? [] : [["Previewed", minute(previewed)] satisfies [string, string]]),
    [live ? "Hosts read" : "Written", minute(written)],
    ["Resources", told.length === 0 ? "none of this package" : told.join(", ")],
    ...(others === 0 ? [] : [["Not looked at", `${others} that change and are of other packages`] satisfies [string, string]]),
  ];
}
