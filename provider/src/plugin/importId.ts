import { entryKinds, type Section, sectionNames } from "../declaration/entryKinds";
import { PolicyRoutingError } from "../errors";
import { kindsOnHosts } from "../kernel/observed/kinds";
import type { Look } from "../kernel/observed/look";

/** What an id to be imported names: a place on a host, as every id of ours begins. */
export interface ImportId {
  readonly host: string;
  /** `rule/inet/1000` */
  readonly place: string;
  /** Of one entry; undefined for a whole host. */
  readonly entry: EntryPlace | undefined;
}

/** That of one entry. */
export interface EntryPlace {
  readonly section: Section;
  /** With which the keys begin of what stands there. */
  readonly key: string;
  readonly look: Look;
}

/** The token behind `#`, by which the register knows an entry, may stand there or not. */
export function parseImportId(kind: string, id: string): ImportId {
  const [, host, place = ""] = /^([^/]+)\/([^#]+)(?:#.*)?$/.exec(id) ?? [];
  const isWhole = kind === "HostRouting" && place === "routing";
  const section = sectionNames.find((one) => entryKinds[one].resource === kind);
  const entry = section === undefined ? undefined : entryAt(section, place);
  if (host !== undefined && (isWhole || entry !== undefined)) return { host, place, entry };
  const places = section === undefined ? ["routing"] : entryKinds[section].places;
  throw new PolicyRoutingError("invalid", {
    topic: "import-id",
    what: `${id} is no id of a ${kind} that can be imported`,
    next: `write it as ${places.map((one) => `HOST/${one}`).join(", ")}`,
  });
}

function entryAt(section: Section, said: string): EntryPlace | undefined {
  const [word, ...rest] = said.split("/");
  const found = word === entryKinds[section].word ? kindsOnHosts[section].imported(rest) : undefined;
  return found === undefined ? undefined : { section, ...found };
}
