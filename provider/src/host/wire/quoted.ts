/** As a word that a shell reads as it is. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** As a person types it: quoted only where it must be. */
export const typed = (text: string): string => (/^[\w.:/@%+,=-]+$/.test(text) ? text : quoted(text));
