/** Conditions between the filter's form and the grammar of explorations. */

import type { ExplorationFilter, FilterNode } from "@mathesar/api";
import { compileFilter, isGroup, type FilterItem, type Group } from "$/features/filter/model";
import { operatorOf } from "$/features/filter/registry";
import type { Aliases } from "./aliases";

type Operand = ExplorationFilter[string][number];

/** The condition of a step; null when nothing in it is complete. */
export function writeCondition(group: Group, aliases: Aliases): ExplorationFilter | null {
  const node = compileFilter(group);
  return node && writeNode(node, aliases);
}

function writeNode({ type, args }: FilterNode, aliases: Aliases): ExplorationFilter {
  return { [type]: (args ?? []).map((arg) => writeOperand(arg, aliases)) };
}

function writeOperand(node: FilterNode, aliases: Aliases): Operand {
  if (node.type === "attnum") return { column_name: [aliases.aliasOf(Number(node.value))] };
  return node.type === "literal" ? { literal: [node.value] } : writeNode(node, aliases);
}

/** Reads a condition; null for one that the form cannot show, such as one that compares two columns. */
export function readCondition(spec: ExplorationFilter, aliases: Aliases): Group | null {
  const item = readItem(spec, aliases);
  return item && (isGroup(item) ? item : { mode: "and", items: [item] });
}

function readItem(spec: Operand, aliases: Aliases): FilterItem | null {
  const [member, ...others] = Object.entries(spec) as [string, Operand[]][];
  if (!member || others.length > 0) return null;
  const [kind, operands] = member;
  switch (kind) {
    case "and":
    case "or":
      return readGroup(kind, operands, aliases);
    case "not": {
      const items = readGroup("not", operands, aliases)?.items;
      const [only] = items ?? [];
      if (!only || items?.length !== 1) return null;
      return { mode: "not", items: isGroup(only) && only.mode === "or" ? only.items : [only] };
    }
    default:
      return readComparison(kind, operands, aliases);
  }
}

function readGroup(mode: Group["mode"], operands: readonly Operand[], aliases: Aliases): Group | null {
  const items = operands.map((operand) => readItem(operand, aliases));
  return items.every((item) => item !== null) ? { mode, items } : null;
}

function readComparison(operator: string, operands: readonly Operand[], aliases: Aliases): FilterItem | null {
  const count = operatorOf(operator)?.operands;
  const [column, ...rest] = operands;
  const alias = column && only(column, "column_name");
  if (count === undefined || typeof alias !== "string") return null;
  const literals = rest.map((operand) => only(operand, "literal"));
  const values = count === "many" ? literals[0] : literals;
  if (!Array.isArray(values) || (count !== "many" && values.length !== operandCounts[count])) return null;
  const texts = values.map(textOf);
  if (!texts.every((text) => text !== null)) return null;
  return { attnum: aliases.idOf(alias), operator, values: texts };
}

const operandCounts = { none: 0, one: 1, two: 2 };

/** What an operand of this kind holds. */
function only(operand: Operand, kind: "column_name" | "literal"): unknown {
  const held = (operand as Readonly<Record<string, unknown>>)[kind];
  return Array.isArray(held) && held.length === 1 ? (held[0] as unknown) : undefined;
}

/** Null for what the form has no words for: it takes an empty text for a value that is still to be filled in. */
function textOf(value: unknown): string | null {
  if (typeof value === "string") return value === "" ? null : value;
  if (typeof value === "boolean") return String(value);
  return typeof value === "number" && (!Number.isInteger(value) || Number.isSafeInteger(value)) ? String(value) : null;
}
