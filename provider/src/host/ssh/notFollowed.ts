/** What a configuration of ssh may say that is not followed here. It is told by its keyword when what it is about fails, and not before. */
export interface NotFollowed {
  readonly keyword: string;
  readonly about: "user" | "host key" | "all";
  readonly instead: string;
}

const saysYes = (value: string): boolean => value.toLowerCase() === "yes";
const saysSomething = (value: string): boolean => value !== "" && value.toLowerCase() !== "none";

const bySsh = 'say transport: "openssh", which follows it';

const table: readonly (NotFollowed & { readonly counts: (value: string) => boolean })[] = [
  {
    keyword: "CertificateFile",
    about: "user",
    instead: bySsh,
    counts: saysSomething,
  },
  { keyword: "PKCS11Provider", about: "user", instead: bySsh, counts: saysSomething },
  { keyword: "HostbasedAuthentication", about: "user", instead: bySsh, counts: saysYes },
  { keyword: "KnownHostsCommand", about: "host key", instead: bySsh, counts: saysSomething },
  { keyword: "VerifyHostKeyDNS", about: "host key", instead: bySsh, counts: saysYes },
  // ssh itself follows these two; a machine without ssh does not.
  { keyword: "Include", about: "all", instead: "install OpenSSH's client, whose reading is taken then", counts: saysSomething },
  { keyword: "Match exec", about: "all", instead: "install OpenSSH's client, whose reading is taken then", counts: saysSomething },
];

export const notFollowed = (words: ReadonlyMap<string, readonly string[]>): NotFollowed[] =>
  table.flatMap(({ counts, ...entry }) => (words.get(entry.keyword.toLowerCase())?.some(counts) ? [entry] : []));

/** For the end of what to do next. */
export const insteadOf = (entries: readonly NotFollowed[], about: "user" | "host key" | undefined): string =>
  entries
    .filter((entry) => entry.about === "all" || entry.about === about)
    .map(({ keyword, instead }) => `; ${keyword} of your ssh configuration is not followed here: ${instead}`)
    .join("");
