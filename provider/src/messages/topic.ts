/** What a person may be told, as a page explains it. Plain text: `code` in backticks. */
export interface Page {
  /** What happened, as somebody would say it who looks for help. */
  readonly title: string;
  readonly means: string;
  readonly next: string;
}

/** Keeps the ids of a list of pages as types. */
export const pages = <Id extends string>(list: Readonly<Record<Id, Page>>): Readonly<Record<Id, Page>> => list;
