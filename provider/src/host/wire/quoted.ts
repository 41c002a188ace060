/** As a word that a shell reads as it is. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
