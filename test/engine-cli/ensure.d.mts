export interface EngineCli {
  /** The absolute path of the CLI. */
  readonly pulumi: string;
  readonly version: string;
  /** The PULUMI_HOME that was looked at. */
  readonly home: string;
  readonly source: "path" | "installed" | "downloaded" | "built";
}

export function ensureEngine(): Promise<EngineCli>;
