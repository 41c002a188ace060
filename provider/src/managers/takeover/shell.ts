/** One simple command of a line of shell. */
export interface Command {
  readonly words: readonly string[];
  /** It holds something that only a shell can tell: `$NAME`, `$(...)`. */
  readonly isComputed: boolean;
  /** The file that its output goes to. */
  readonly into: string | undefined;
  /** The line that ends the here-document which it reads. */
  readonly hereEnd: string | undefined;
}

interface Open {
  words: string[];
  isComputed: boolean;
  into: string | undefined;
  hereEnd: string | undefined;
}

/** The simple commands of a line, without what stands between them. `known` are variables whose values are known. */
export function commandsIn(line: string, known: Readonly<Record<string, string>> = {}): Command[] {
  const commands: Command[] = [];
  const nothing = (): Open => ({ words: [], isComputed: false, into: undefined, hereEnd: undefined });
  let open = nothing();
  const close = (): void => {
    if (open.words.length > 0) commands.push(open);
    open = nothing();
  };
  let text = line;
  for (const [name, value] of Object.entries(known)) text = text.replaceAll(new RegExp(`\\$(?:\\{${name}\\}|${name}\\b)`, "g"), value);
  for (const token of tokensOf(text)) {
    if (token.kind === "end") close();
    else if (token.kind === "into") open.into = token.text;
    else if (token.kind === "here") open.hereEnd = token.text;
    else if (token.kind === "word") {
      open.words.push(token.text);
      if (token.isComputed) open.isComputed = true;
    }
  }
  close();
  return commands;
}

interface Token {
  readonly kind: "word" | "end" | "into" | "here";
  readonly text: string;
  readonly isComputed: boolean;
}

const patterns = {
  blank: /\s+/y,
  comment: /#.*/y,
  here: /[0-9]*<<-?\s*(?!<)(?:'([^']*)'|"([^"]*)"|\\?([^\s'";|&<>\\]+))/y,
  redirect: /[0-9]*(?:>>?|<)(?:&[0-9-]|\s*(\S+))/y,
  end: /&&|\|\||[;|&]+/y,
  word: /(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|\$\([^)]*\)|`[^`]*`|\$\{[^}]*\}|[^\s'";|&<>\\])+/y,
} as const;

function* tokensOf(text: string): Generator<Token> {
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
      at++; // a quote that is not closed
      continue;
    }
    at += found[0].length;
    if (match.name === "end") yield { kind: "end", text: found[0], isComputed: false };
    if (match.name === "here") yield { kind: "here", text: found[1] ?? found[2] ?? found[3] ?? "", isComputed: false };
    if (match.name === "redirect" && /^1?>/.test(found[0])) yield { kind: "into", text: found[1] ?? "", isComputed: false };
    if (match.name === "word") yield wordOf(found[0]);
  }
}

function wordOf(raw: string): Token {
  const bare = raw.replaceAll(/'[^']*'/g, "");
  const text = raw.replaceAll(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g, (_, single, double, escaped) => single ?? double ?? escaped ?? "");
  return { kind: "word", text, isComputed: /[$`]|\*/.test(bare) };
}
