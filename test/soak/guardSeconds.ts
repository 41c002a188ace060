/** After how many seconds an unconfirmed change is undone: soon, where a fault is to outlast it; late, where none may stop a change. */
export const guardSeconds = { usual: 3, unhindered: 60 } as const;
