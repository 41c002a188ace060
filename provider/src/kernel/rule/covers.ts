import { contains } from "../../declaration/address";
import { type Rule, ruleAttributes } from "../../declaration/rule/rule";
import { maskedOf } from "../../declaration/rule/selectors";

const selectorNames = Object.entries(ruleAttributes)
  .filter(([, attribute]) => "matcher" in attribute)
  .map(([name]) => name);

type Values = Readonly<Record<string, unknown>>;

/** True when every packet that `narrow` applies to is one that `wide` applies to: each selector of `wide` is there, as wide or wider. */
export function covers(wide: Rule, narrow: Rule): boolean {
  if (narrow.not === true) return false;
  if (wide.not === true) return coversUnmarked(wide, narrow);
  const [a, b]: Values[] = [wide, narrow];
  return selectorNames.every((name) => {
    const [asked, has] = [a?.[name], b?.[name]];
    if (asked === undefined || asked === has) return true;
    return typeof asked === "string" && typeof has === "string" && (name === "from" || name === "to") && contains(asked, has);
  });
}

/** `not fwmark M`, and nothing else: of a rule that names no mark it takes all that is not marked, which is nearly all there is. */
function coversUnmarked(wide: Rule, narrow: Rule): boolean {
  const asks = selectorNames.filter((name) => name !== "not" && name in wide);
  if (wide.fwmark === undefined || asks.length !== 1 || narrow.fwmark !== undefined) return false;
  const { value, mask } = maskedOf(wide.fwmark);
  return value !== 0 && mask !== 0;
}

/** Both choose the same packets. */
export function choosesAs(one: Rule, other: Rule): boolean {
  const [a, b]: Values[] = [one, other];
  return one.not === other.not && selectorNames.every((name) => a?.[name] === b?.[name]);
}
