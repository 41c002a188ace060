/** Resolves when the CLI can run programs in YAML. */
export function ensureYamlHost(): Promise<void>;
