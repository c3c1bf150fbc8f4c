import { nearestCell } from "../kernels/geometry.ts";
import { extendTo, type Block } from "../kernels/selection.ts";
import { idleTool } from "./idle.ts";
import type { Runtime, Tool } from "./tool.ts";

/** The pointer is down and drags a block of cells, rows or columns. */
export function selectTool(run: Runtime, kind: Block["kind"]): Tool {
  const { core } = run;
  return {
    name: "select",
    scrolls: { x: kind !== "rows", y: kind !== "columns" },
    move(point) {
      const cell = nearestCell(core.layout, point.x, point.y);
      const { head } = core.selection.blocks[core.selection.blocks.length - 1]!;
      if (cell.row !== head.row || cell.column !== head.column) core.select(extendTo(core.selection, cell));
    },
    release: () => run.use(idleTool),
  };
}
