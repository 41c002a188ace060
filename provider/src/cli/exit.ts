/** How a command ended, for scripts. */
export const exits = { done: 0, found: 1, wrongUse: 2, unread: 3 } as const;
export type Exit = (typeof exits)[keyof typeof exits];

/** What was typed makes no sense; the text says what would. */
export class WrongUse extends Error {}
