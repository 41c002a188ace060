/** A piece of a line of shell. */
export interface Token {
  readonly kind: "word" | "end" | "into" | "here" | "paren" | "function" | "openQuote";
  readonly text: string;
  /** It holds something that only a shell can tell: `$NAME`, `$(...)`. */
  readonly isComputed: boolean;
}

const patterns = {
  blank: /\s+/y,
  comment: /#.*/y,
  here: /[0-9]*<<-?\s*(?!<)(?:'([^']*)'|"([^"]*)"|\\?([^\s'";|&<>\\]+))/y,
  redirect: /[0-9]*(?:>>?|<)(?:&[0-9-]|\s*(\S+))/y,
  end: /&&|\|\||[;|&]+/y,
  function: /(?:function\s+)?([A-Za-z0-9_.-]+)\s*\(\s*\)|function\s+([A-Za-z0-9_.-]+)/y,
  // What a command prints may hold commands that hold others.
  word: /(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|\$\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|`[^`]*`|\$\{[^}]*\}|[^\s'";|&<>\\()])+/y,
  paren: /[()]/y,
} as const;

export function* tokensOf(text: string): Generator<Token> {
  for (let at = 0; at < text.length; ) {
    const match = (Object.keys(patterns) as (keyof typeof patterns)[])
      .map((name) => {
        const pattern = patterns[name];
        pattern.lastIndex = at;
        return { name, found: pattern.exec(text) };
      })
      .find(({ found }) => found !== null);
    const found = match?.found;
    if (match === undefined || found === null || found === undefined) {
      if (text[at] !== "\\") yield { kind: "openQuote", text: text[at] ?? "", isComputed: false };
      at++;
      continue;
    }
    at += found[0].length;
    const said = found[1] ?? found[2] ?? found[3] ?? "";
    if (match.name === "end" || match.name === "paren") yield { kind: match.name, text: found[0], isComputed: false };
    if (match.name === "here" || match.name === "function") yield { kind: match.name, text: said, isComputed: false };
    if (match.name === "redirect" && /^1?>/.test(found[0])) yield { kind: "into", text: said, isComputed: false };
    if (match.name === "word") yield wordOf(found[0]);
  }
}

function wordOf(raw: string): Token {
  const bare = raw.replaceAll(/'[^']*'/g, "");
  const text = raw.replaceAll(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g, (_, single, double, escaped) => single ?? double ?? escaped ?? "");
  return { kind: "word", text, isComputed: /[$`]|\*/.test(bare) };
}

/** Whether a text of the shell goes on behind its last line: a quote of it is not closed. */
export const isQuoteOpen = (text: string): boolean => [...tokensOf(text)].some(({ kind }) => kind === "openQuote");
