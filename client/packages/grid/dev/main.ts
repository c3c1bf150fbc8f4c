/** The grid on made-up data. `?rows=&columns=&delay=&theme=dark&dir=rtl&locale=de&frozen=2` */

import { createGrid, type SelectionSummary } from "../src/index.ts";
import { MemorySource, makeColumns } from "./memory-source.ts";
import { messages } from "./messages.en.ts";

const query = new URLSearchParams(location.search);
const columns = makeColumns(Number(query.get("columns") ?? 300));
const source = new MemorySource({ rows: Number(query.get("rows") ?? 10_000_000), columns, delay: Number(query.get("delay") ?? 15) });
const footer = document.querySelector("footer")!;
document.body.className = query.get("theme") ?? "";

const show = (summary: SelectionSummary): void => {
  footer.textContent = `${summary.cellCount} cells · sum ${summary.sum ?? "–"} · average ${summary.average ?? "–"}${summary.partial ? " (partial)" : ""}`;
};

const notices: string[] = [];
const grid = createGrid(document.querySelector("main")!, {
  columns, source, messages,
  locale: query.get("locale") ?? "en",
  timeZone: "Europe/Berlin",
  dir: query.get("dir") === "rtl" ? "rtl" : "ltr",
  frozenColumns: Number(query.get("frozen") ?? 1),
  insert: { allowed: true }, delete: { allowed: true }, update: { allowed: true },
  callbacks: {
    onSelectionChange: show,
    onNotice: ({ message }) => notices.push(message),
    onColumnMenu: ({ name }) => notices.push(`menu ${name}`),
    onOpenRecord: (key) => notices.push(`open ${JSON.stringify(key)}`),
    onOpenLink: ({ value }) => notices.push(`link ${String(value)}`),
    onHostEdit: ({ typed }) => Promise.resolve({ value: typed === "" ? "7" : typed, label: "Chosen (7)" }),
  },
});
grid.focus();
Object.assign(globalThis, { grid, source, notices });
