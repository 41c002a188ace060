/** To the second, as the audit and the history have it. */
export const printTime = (time: Date): string => time.toISOString().replace(/\.[0-9]+/, "");
