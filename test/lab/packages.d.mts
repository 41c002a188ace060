export function ensurePackages(names: readonly string[]): Promise<void>;
