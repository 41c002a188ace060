/** What the engine's name of a resource says: `urn:pulumi:STACK::PROJECT::TYPE$TYPE::NAME`. */
export interface Urn {
  readonly stack: string;
  readonly project: string;
  /** `PolicyRule` of `policyrouting:index:PolicyRule`. */
  readonly kind: string;
  readonly name: string;
}

export function urnOf(text: string): Urn {
  const [head = "", project = "", types = "", ...name] = text.split("::");
  return { stack: head.split(":")[2] ?? "", project, kind: types.split(/[$:]/).at(-1) ?? "", name: name.join("::") };
}
