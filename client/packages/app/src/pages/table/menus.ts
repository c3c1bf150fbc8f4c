/** What the menus of a column's header and of a cell offer. */

import ArrowDownAZ from "@lucide/svelte/icons/arrow-down-a-z";
import ArrowDownZA from "@lucide/svelte/icons/arrow-down-z-a";
import ClipboardPaste from "@lucide/svelte/icons/clipboard-paste";
import Copy from "@lucide/svelte/icons/copy";
import CopyPlus from "@lucide/svelte/icons/copy-plus";
import Eraser from "@lucide/svelte/icons/eraser";
import ExternalLink from "@lucide/svelte/icons/external-link";
import EyeOff from "@lucide/svelte/icons/eye-off";
import KeyRound from "@lucide/svelte/icons/key-round";
import ListFilter from "@lucide/svelte/icons/list-filter";
import Pencil from "@lucide/svelte/icons/pencil";
import Pin from "@lucide/svelte/icons/pin";
import PinOff from "@lucide/svelte/icons/pin-off";
import Plus from "@lucide/svelte/icons/plus";
import Rows3 from "@lucide/svelte/icons/rows-3";
import Scissors from "@lucide/svelte/icons/scissors";
import TableColumnsSplit from "@lucide/svelte/icons/table-columns-split";
import Trash from "@lucide/svelte/icons/trash-2";
import X from "@lucide/svelte/icons/x";
import type { ColumnInfo, TableInfo } from "@mathesar/api";
import { gridActions, keyCaps, type ActionId, type CellPlace, type Grid } from "@mathesar/grid";
import { apple } from "$/actions/shortcuts";
import type { Condition } from "$/features/filter/model";
import { operatorsOf } from "$/features/filter/registry";
import { canAlter, rowRight } from "$/features/grid/rights";
import { sortedBy, type TableView } from "$/features/table-view/view";
import { m } from "$/paraglide/messages.js";
import type { MenuEntry, MenuItem } from "$/ui/Menu.svelte";
import type { FloatingState } from "$/features/table-view/floating.svelte";
import type { LinkedColumn } from "$/features/table-view/linked";
import type { ColumnLayout } from "$/features/table-view/layout.svelte";

export interface MenuContext {
  readonly table: TableInfo;
  readonly columns: readonly ColumnInfo[];
  readonly view: TableView;
  readonly setView: (next: Partial<TableView>) => void;
  readonly floating: FloatingState;
  readonly grid: Grid | null;
  readonly layout: ColumnLayout;
  /** Attribute numbers of the columns on screen, in their order. */
  readonly visible: readonly number[];
}

/** Adds a condition to the filter, and shows the filter so that it can be completed. */
function addCondition({ view, setView }: MenuContext, condition: Condition): void {
  const group = view.filter.mode === "and" ? view.filter.items : [view.filter];
  setView({ filter: { mode: "and", items: [...group, condition] } });
}

export function columnMenu(column: ColumnInfo, context: MenuContext): MenuEntry[] {
  const { table, view, setView, floating } = context;
  const sorted = view.order.find((each) => each.attnum === column.id);
  const operator = operatorsOf(column.family)[0];
  const entries: MenuEntry[] = [
    {
      label: m.sort_asc(),
      icon: ArrowDownAZ,
      checked: sorted?.direction === "asc",
      run: () => setView({ order: sortedBy(view.order, column.id, "asc") }),
    },
    {
      label: m.sort_desc(),
      icon: ArrowDownZA,
      checked: sorted?.direction === "desc",
      run: () => setView({ order: sortedBy(view.order, column.id, "desc") }),
    },
  ];
  if (sorted) {
    const order = view.order.filter((each) => each.attnum !== column.id);
    entries.push({ label: m.sort_remove(), icon: X, run: () => setView({ order }) });
  }
  if (operator) {
    const condition = { attnum: column.id, operator: operator.id, values: [] };
    entries.push({
      label: m.filter_column(),
      icon: ListFilter,
      run: () => {
        floating.draftCondition = condition;
        floating.panel = "filter";
      },
    });
  }
  entries.push({
    label: m.column_hide(),
    icon: EyeOff,
    disabled: view.hidden.length >= context.columns.length - 1,
    run: () => setView({ hidden: [...view.hidden, column.id] }),
  });
  entries.push(...freezing(column, context));
  if (canAlter(table)) entries.push(...alterations(column, floating));
  return entries;
}

/** The menu of a column of linked records. */
export function linkedMenu({ alias }: LinkedColumn, { view, setView }: MenuContext): MenuEntry[] {
  const linked = view.linked.filter((each) => each !== alias);
  return [{ label: m.column_hide(), icon: EyeOff, run: () => setView({ linked }) }];
}

function freezing(column: ColumnInfo, { layout, visible }: MenuContext): MenuItem[] {
  const upTo = visible.indexOf(column.id) + 1;
  return [
    ...(upTo === layout.frozen ? [] : [{ label: m.column_freeze(), icon: Pin, run: () => layout.freeze(upTo) }]),
    ...(layout.frozen > 0 ? [{ label: m.columns_unfreeze(), icon: PinOff, run: () => layout.freeze(0) }] : []),
  ];
}

function alterations(column: ColumnInfo, floating: FloatingState): MenuEntry[] {
  return [
    "separator",
    { label: m.column_edit(), icon: Pencil, run: () => floating.open({ kind: "edit-column", column }) },
    { label: m.column_add(), icon: Plus, run: () => floating.open({ kind: "add-column" }) },
    ...(column.primary_key || column.generated ? [] : remodelling(column, floating)),
    {
      label: m.column_drop(),
      icon: Trash,
      danger: true,
      run: () => floating.open({ kind: "drop-column", column }),
    },
  ];
}

function remodelling(column: ColumnInfo, floating: FloatingState): MenuItem[] {
  return [
    { label: m.columns_move(), icon: TableColumnsSplit, run: () => floating.open({ kind: "move-columns", column }) },
    { label: m.key_change(), icon: KeyRound, run: () => floating.open({ kind: "make-key", column }) },
  ];
}

export function cellMenu(place: CellPlace | null, context: MenuContext): MenuEntry[] {
  const { table, grid } = context;
  const action = (id: ActionId, label: string, icon: MenuItem["icon"], more: Partial<MenuItem> = {}): MenuItem => ({
    label,
    keys: keyCaps(gridActions[id].keys[0], apple),
    run: () => void grid?.run(id),
    ...(icon ? { icon } : {}),
    ...more,
  });
  const canDelete = rowRight(table, "DELETE").allowed;
  const canInsert = rowRight(table, "INSERT").allowed;
  return [
    ...(place?.key ? [action("openRecord", m.grid_open_record(), ExternalLink)] : []),
    action("copy", m.key_copy(), Copy),
    action("cut", m.key_cut(), Scissors),
    action("paste", m.key_paste(), ClipboardPaste),
    action("setNull", m.key_set_null(), Eraser, { disabled: place?.column.readonly ?? false }),
    ...(place && place.column.id > 0 ? ["separator" as const, ...filterByValue(place, context)] : []),
    "separator",
    action("insertRow", m.row_insert(), Rows3, { disabled: !canInsert }),
    action("duplicateRows", m.key_duplicate_rows(), CopyPlus, { disabled: !canInsert }),
    action("deleteRows", m.key_delete_rows(), Trash, { danger: true, disabled: !canDelete }),
  ];
}

function filterByValue(place: CellPlace, context: MenuContext): MenuItem[] {
  const attnum = place.column.id;
  const { value } = place;
  const is: Condition =
    value === null ? { attnum, operator: "null", values: [] } : { attnum, operator: "equal", values: [String(value)] };
  const isNot: Condition =
    value === null
      ? { attnum, operator: "not_null", values: [] }
      : { attnum, operator: "not_equal", values: [String(value)] };
  const family = context.columns.find((column) => column.id === attnum)?.family ?? "other";
  const known = new Set(operatorsOf(family).map((each) => each.id));
  return [
    { label: m.filter_by_value(), icon: ListFilter, condition: is },
    { label: m.filter_without_value(), icon: ListFilter, condition: isNot },
  ]
    .filter(({ condition }) => known.has(condition.operator))
    .map(({ label, icon, condition }) => ({ label, icon, run: () => addCondition(context, condition) }));
}
