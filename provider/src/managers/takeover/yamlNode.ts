import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";

interface Parsed {
  readonly text: string;
  readonly counter: LineCounter;
  readonly document: Document;
}

/** A piece of a YAML file that knows its lines. An alias is what it stands for. */
export class YamlNode {
  readonly #node: unknown;
  readonly #source: Parsed;
  /** Its first and its last line, counted from 1. */
  readonly line: number;
  readonly to: number;

  constructor(said: unknown, source: Parsed, from?: number) {
    const node: unknown = isAlias(said) ? said.resolve(source.document) : said;
    this.#node = node;
    this.#source = source;
    const range = typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range) ? node.range : [];
    const [begin = 0, end = begin]: readonly number[] = range;
    const trimmed = source.text.slice(0, end).trimEnd().length;
    this.line = from ?? source.counter.linePos(begin).line;
    this.to = Math.max(this.line, source.counter.linePos(Math.max(begin, trimmed - 1)).line);
  }

  /** Undefined where the text is no YAML. */
  static parse(text: string): YamlNode | undefined {
    const counter = new LineCounter();
    const document = parseDocument(text, { lineCounter: counter, logLevel: "silent", uniqueKeys: false });
    let isWhole = document.errors.length === 0;
    visit(document, {
      Alias: (_, alias) => {
        isWhole &&= alias.resolve(document) !== undefined;
      },
    });
    return isWhole ? new YamlNode(document.contents, { text, counter, document }) : undefined;
  }

  get entries(): readonly (readonly [key: string, value: YamlNode])[] {
    if (!isMap(this.#node)) return [];
    return this.#node.items.map(({ key, value }) => {
      const { line, text = "" } = new YamlNode(key, this.#source);
      return [text, new YamlNode(value, this.#source, line)] as const;
    });
  }

  get items(): readonly YamlNode[] {
    return isSeq(this.#node) ? this.#node.items.map((item) => new YamlNode(item, this.#source)) : [];
  }

  get isList(): boolean {
    return isSeq(this.#node);
  }

  get(...path: readonly string[]): YamlNode | undefined {
    const [first, ...rest] = path;
    if (first === undefined) return this;
    return this.entries.find(([key]) => key === first)?.[1].get(...rest);
  }

  /** A word or a number of it. */
  get scalar(): string | number | boolean | undefined {
    const value: unknown = isScalar(this.#node) ? this.#node.value : undefined;
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : undefined;
  }

  get text(): string | undefined {
    const { scalar } = this;
    return scalar === undefined ? undefined : String(scalar);
  }
}
