/** The registry of types, as the server's generator wrote it: which filters a family of types takes. */

import registry from "@mathesar/api/types.json";

export type OperandCount = "none" | "one" | "two" | "many";
export type OperandType = "column" | "text" | "integer" | "element" | "json";

export interface Operator {
  readonly id: string;
  readonly operands: OperandCount;
  readonly operandType: OperandType;
}

const operatorsById: ReadonlyMap<string, Operator> = new Map(
  registry.filters.map((filter) => [
    filter.id,
    {
      id: filter.id,
      operands: filter.operands as OperandCount,
      operandType: filter.operand_type as OperandType,
    },
  ]),
);

export function operatorOf(id: string): Operator | undefined {
  return operatorsById.get(id);
}

/** The operators of a family, in the registry's order. */
export function operatorsOf(family: string): readonly Operator[] {
  const ids = registry.families.find((each) => each.id === family)?.filters ?? [];
  return ids.flatMap((id) => operatorsById.get(id) ?? []);
}
