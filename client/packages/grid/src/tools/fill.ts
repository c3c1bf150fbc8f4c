import { fillByHandle } from "../commands/fill.ts";
import { fillTarget } from "../kernels/fill.ts";
import { nearestCell } from "../kernels/geometry.ts";
import { idleTool } from "./idle.ts";
import type { Runtime, Tool } from "./tool.ts";

/** The fill handle is dragged. */
export function fillTool(run: Runtime): Tool {
  const { core, renderer } = run;
  const source = core.lastRect;
  let target = source;
  return {
    name: "fill",
    scrolls: { x: true, y: true },
    move(point) {
      target = fillTarget(source, nearestCell(core.layout, point.x, point.y));
      renderer.preview({ fill: target, cursor: "crosshair" });
    },
    release(_point, otherwise) {
      run.use(idleTool);
      if (target !== source) void fillByHandle(core, run.writer, source, target, otherwise);
    },
    cancel: () => renderer.preview({}),
  };
}
