/** A text that says what is to be made on a host. */
export interface Source {
  /** By which a person knows it. */
  readonly name: string;
  /** Where it is, where that is more than its name. */
  readonly path?: string;
  readonly text: string;
  /** Lines before its first one, where it stands inside another file. */
  readonly offset?: number;
}

/** Where something is said. A line 0 is no line: what stands on the host. */
export interface Place {
  readonly file: string;
  readonly line: number;
  /** The last line, where it goes over several. */
  readonly to?: number;
}

export const printPlace = ({ file, line }: Place): string => (line === 0 ? file : `${file}:${line}`);

/** A rule or a route as a file or a host says it: not in canonical form yet, a table by its name or number. */
export interface Said {
  readonly kind: "rule" | "route" | "nexthop";
  readonly values: Readonly<Record<string, unknown>>;
  readonly place: Place;
  /** Its tag; undefined where it is made by whoever reads the file. */
  readonly protocol?: number | undefined;
  /** What `ip` shows of it that no attribute reads: it cannot be declared. */
  readonly unread?: readonly string[];
  /** Who gives a rule its priority that names none: the kernel puts it before all others, networkd counts down by itself. */
  readonly numberedBy?: "kernel" | "networkd";
  /** The manager chooses its metric as it runs: the one that is said is the most likely. */
  readonly isMetricGuessed?: boolean;
  /** The manager makes it of a setting that is no route in its file, such as `gateway`. */
  readonly isManagers?: boolean;
}

export interface Named {
  readonly tableId: number;
  readonly name: string;
  readonly place: Place;
}

/** Something that a person is told about a line. */
export interface Told {
  readonly place: Place;
  readonly what: string;
  /** Which entry it is about, where its place does not say it. */
  readonly entry?: string;
}

/** What one place or many say: the parts of a declaration, and what a person is told of the rest. */
export interface Found {
  readonly said: readonly Said[];
  readonly names: readonly Named[];
  readonly leftOut: readonly Told[];
  readonly unclear: readonly Told[];
  readonly notes: readonly Told[];
}

const isSilent = (line: string): boolean => /^\s*([#;].*|\/\/.*|---|\.\.\.)?$/.test(line);

/** What a file says. Every line of it ends as taken, left out, or named. */
export class Reading implements Found {
  readonly said: Said[] = [];
  readonly names: Named[] = [];
  readonly leftOut: Told[] = [];
  readonly unclear: Told[] = [];
  readonly notes: Told[] = [];
  /** Devices whose addresses come by a DHCP client that tags nothing. */
  readonly leased: string[] = [];
  /** Devices that wg-quick makes: of WireGuard also where they are a tun device of wireguard-go. */
  readonly tunnels: string[] = [];
  readonly lines: readonly string[];
  readonly name: string;
  readonly #offset: number;
  readonly #heard = new Set<number>();

  constructor({ name, text, offset = 0 }: Source) {
    this.name = name;
    this.#offset = offset;
    this.lines = text.split(/\r?\n/);
  }

  /** `line` counts from 1; `to` is the last one where it goes over several. */
  take(said: Omit<Said, "place">, line: number, to = line): void {
    this.#hear(line, to);
    this.said.push({ ...said, place: { ...this.#at(line), ...(to === line ? {} : { to: to + this.#offset }) } });
  }

  nameTable(tableId: number, name: string, line: number): void {
    this.#hear(line);
    this.names.push({ tableId, name, place: this.#at(line) });
  }

  leave(what: string, line: number, to = line): void {
    for (let at = line; at <= to; at++) {
      if (this.#heard.has(at) || isSilent(this.lines[at - 1] ?? "")) continue;
      this.#heard.add(at);
      this.leftOut.push({ place: this.#at(at), what });
    }
  }

  doubt(what: string, line: number, to = line): void {
    this.#hear(line, to);
    this.unclear.push({ place: { ...this.#at(line), ...(to === line ? {} : { to: to + this.#offset }) }, what });
  }

  note(what: string, line: number): void {
    this.notes.push({ place: this.#at(line), what });
  }

  /** What nothing was said of. */
  end(): void {
    for (const [index, line] of this.lines.entries()) {
      if (this.#heard.has(index + 1) || isSilent(line)) continue;
      this.unclear.push({ place: this.#at(index + 1), what: "not understood" });
    }
  }

  /** How many lines ended as something, and how many there are that say something. */
  get heard(): number {
    return this.#heard.size;
  }

  #at(line: number): Place {
    return { file: this.name, line: line + this.#offset };
  }

  #hear(line: number, to = line): void {
    for (let at = line; at <= to; at++) this.#heard.add(at);
  }
}
