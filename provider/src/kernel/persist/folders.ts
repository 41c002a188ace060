/** Where things of ours stand on a host. */
export const folders = {
  /** The register, the lock, transactions under way: what ends with a boot. */
  run: "/run/policy-routing",
  /** What is persisted, and the script that puts it back. */
  etc: "/etc/policy-routing",
  /** What each confirmed transaction did. */
  lib: "/var/lib/policy-routing",
} as const;
