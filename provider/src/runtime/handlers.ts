export type Properties = Record<string, unknown>;

/** What the engine's dynamic provider calls: @pulumi/pulumi, cmd/dynamic-provider. */
export interface Handlers {
  /** Before the first call for each text of a provider. `get` answers what the stack is configured with. */
  configure(request: { readonly config: { get(key: string): unknown } }): Promise<void>;
  check(olds: Properties, news: Properties): Promise<{ inputs: Properties; failures: { property: string; reason: string }[] }>;
  diff(id: string, olds: Properties, news: Properties): Promise<{ replaces: string[]; changes?: true }>;
  create(inputs: Properties): Promise<{ id: string; outs: Properties }>;
  read(id: string, props: Properties): Promise<{ id?: string; props?: Properties; inputs?: Properties }>;
  update(id: string, olds: Properties, news: Properties): Promise<{ outs: Properties }>;
  delete(id: string, props: Properties): Promise<void>;
}
