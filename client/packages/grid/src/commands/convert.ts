/** Taking a value from one column to another: exactly when both are of one kind, else by the text that people would type. */

import { editValue, emptyValue, parseInput } from "../cells/registry.ts";
import type { Parsed } from "../cells/kind.ts";
import type { Core } from "../core.ts";
import type { CellValue, Column } from "../types.ts";

export function convert(core: Core, from: Column, to: Column, value: CellValue): Parsed {
  if (value === null) return emptyValue(core.context(to));
  if (from.id === to.id || (from.kind === to.kind && from.typeName === to.typeName)) return { ok: true, value };
  return parseInput(editValue(value, core.context(from)), core.context(to));
}
