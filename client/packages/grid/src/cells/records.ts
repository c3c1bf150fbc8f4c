import { invalid, plain, type CellKind } from "./kind.ts";

/** More pills than a cell can show only cost time. */
const MAX_PILLS = 12;

interface Records {
  readonly labels: readonly string[];
  /** How many there are, of which the labels may be the first. */
  readonly count: number;
}

/** Reads `{"labels": […], "count": n}`; null for anything else. */
function recordsIn(text: string): Records | null {
  try {
    const read = JSON.parse(text) as Partial<Records> | null;
    return Array.isArray(read?.labels) && typeof read.count === "number" ? (read as Records) : null;
  } catch {
    return null;
  }
}

function more(records: Records, shown: number): string[] {
  return records.count > shown ? [`+${records.count - shown}`] : [];
}

function show(value: string | boolean): string {
  const records = recordsIn(plain(value));
  return records ? [...records.labels, ...more(records, records.labels.length)].join(", ") : plain(value);
}

/** Records that another table links with the row. They are no value of it: the host shows and changes them, and a copy has their names. */
export const records: CellKind = {
  id: "records",
  align: "start",
  editor: "page",
  show,
  edit: show,
  parse: (_input, { column, messages }) => invalid(messages.readonlyCell(column.name, column.readonlyReason ?? "")),
  paint(element, value) {
    const found = recordsIn(plain(value));
    if (!found) return;
    const labels = found.labels.slice(0, MAX_PILLS);
    const pills = labels.map((label) => {
      const pill = document.createElement("span");
      pill.className = "grid-pill";
      pill.textContent = label;
      return pill;
    });
    element.replaceChildren(...pills, ...more(found, labels.length));
  },
};
