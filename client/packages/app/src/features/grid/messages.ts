import type { ActionGroup, ActionId, GridMessages } from "@mathesar/grid";
import { counted, formatCount } from "$/data/format";
import { m } from "$/paraglide/messages.js";

/** The grid's words, in the user's language. */
export function gridMessages(): GridMessages {
  return {
    actions: actionWords(),
    actionGroups: groupWords(),
    gridLabel: m.grid_label(),
    rowNumbers: m.grid_row_numbers(),
    selectAll: m.grid_select_all(),
    columnMenu: (column) => m.grid_column_menu({ column }),
    resizeColumn: (column) => m.grid_resize_column({ column }),
    newRow: m.grid_new_row(),
    openRecord: m.grid_open_record(),
    openLink: m.grid_open_link(),
    loading: m.loading(),
    loadFailed: (reason) => m.grid_load_failed({ reason }),
    retry: m.retry(),
    fillHandle: m.grid_fill_handle(),
    nullValue: m.grid_null(),
    defaultValue: m.grid_default(),
    trueLabel: m.value_true(),
    falseLabel: m.value_false(),
    bytes: (size) => m.grid_bytes({ size }),
    sortedAscending: m.sort_ascending(),
    sortedDescending: m.sort_descending(),
    primaryKey: m.primary_key(),
    ...editingWords(),
    ...noticeWords(),
    invalid: invalidWords(),
  };
}

function editingWords() {
  return {
    saving: m.grid_saving(),
    editFailed: (reason: string) => m.grid_edit_failed({ reason }),
    editConflict: (theirs: string) => m.grid_edit_conflict({ theirs }),
    rowGone: m.grid_row_gone(),
    rolledBack: m.grid_rolled_back(),
    outcomeUnknown: (reason: string) => m.grid_outcome_unknown({ reason }),
    draftWaits: m.grid_draft_waits(),
    draftNeeds: (columns: string) => m.grid_draft_needs({ columns }),
    readonlyCell: (column: string, reason: string) => m.grid_readonly_cell({ column, reason }),
    notAllowed: m.grid_not_allowed(),
    editFailures: (cells: number, first: string) => m.grid_edit_failures({ ...counted(cells), first }),
  };
}

function noticeWords() {
  return {
    nothingToUndo: m.grid_nothing_to_undo(),
    nothingToRedo: m.grid_nothing_to_redo(),
    undone: m.grid_undone(),
    redone: m.grid_redone(),
    copied: (cells: number) => m.grid_copied(counted(cells)),
    copyTooLarge: (cells: number, limit: number) =>
      m.grid_copy_too_large({ cells: formatCount(cells), limit: formatCount(limit) }),
    copyRanges: m.grid_copy_ranges(),
    pasted: (cells: number) => m.grid_pasted(counted(cells)),
    pasteTooLarge: (cells: number, limit: number) =>
      m.grid_paste_too_large({ cells: formatCount(cells), limit: formatCount(limit) }),
    pasteRefused: (cells: number, first: string) => m.grid_paste_refused({ ...counted(cells), first }),
    clipboardBlocked: m.grid_clipboard_blocked(),
    rowsDeleted: (rows: number) => m.grid_rows_deleted(counted(rows)),
    tooManyRows: (rows: number, limit: number) =>
      m.grid_too_many_rows({ rows: formatCount(rows), limit: formatCount(limit) }),
  };
}

function invalidWords(): GridMessages["invalid"] {
  return {
    number: (text) => m.invalid_number({ text }),
    integer: (text) => m.invalid_integer({ text }),
    outOfRange: (min, max) => m.invalid_range({ min, max }),
    boolean: (text) => m.invalid_boolean({ text }),
    date: (text, pattern) => m.invalid_date({ text, pattern }),
    time: (text) => m.invalid_time({ text }),
    timestamp: (text, pattern) => m.invalid_timestamp({ text, pattern }),
    interval: (text) => m.invalid_interval({ text }),
    email: (text) => m.invalid_email({ text }),
    uri: (text) => m.invalid_uri({ text }),
    uuid: (text) => m.invalid_uuid({ text }),
    json: (reason) => m.invalid_json({ reason }),
    array: (text) => m.invalid_array({ text }),
    enum: (text) => m.invalid_enum({ text }),
    bytes: (text) => m.invalid_bytes({ text }),
    tooLong: (length, limit) => m.invalid_too_long({ length, limit }),
    required: (column) => m.invalid_required({ column }),
  };
}

function groupWords(): Record<ActionGroup, string> {
  return {
    move: m.keys_move(),
    select: m.keys_select(),
    edit: m.keys_edit(),
    clipboard: m.keys_clipboard(),
    rows: m.keys_rows(),
    columns: m.keys_columns(),
    other: m.keys_other(),
  };
}

function actionWords(): Record<ActionId, string> {
  return {
    moveLeft: m.key_move_left(),
    moveRight: m.key_move_right(),
    moveUp: m.key_move_up(),
    moveDown: m.key_move_down(),
    edgeLeft: m.key_edge_left(),
    edgeRight: m.key_edge_right(),
    edgeUp: m.key_edge_up(),
    edgeDown: m.key_edge_down(),
    rowStart: m.key_row_start(),
    rowEnd: m.key_row_end(),
    gridStart: m.key_grid_start(),
    gridEnd: m.key_grid_end(),
    pageUp: m.key_page_up(),
    pageDown: m.key_page_down(),
    pageLeft: m.key_page_left(),
    pageRight: m.key_page_right(),
    next: m.key_next(),
    previous: m.key_previous(),
    extendLeft: m.key_extend_left(),
    extendRight: m.key_extend_right(),
    extendUp: m.key_extend_up(),
    extendDown: m.key_extend_down(),
    extendEdgeLeft: m.key_extend_edge_left(),
    extendEdgeRight: m.key_extend_edge_right(),
    extendEdgeUp: m.key_extend_edge_up(),
    extendEdgeDown: m.key_extend_edge_down(),
    extendRowStart: m.key_extend_row_start(),
    extendRowEnd: m.key_extend_row_end(),
    extendGridStart: m.key_extend_grid_start(),
    extendGridEnd: m.key_extend_grid_end(),
    extendPageUp: m.key_extend_page_up(),
    extendPageDown: m.key_extend_page_down(),
    selectAll: m.key_select_all(),
    selectColumn: m.key_select_column(),
    selectRow: m.key_select_row(),
    collapse: m.key_collapse(),
    edit: m.key_edit(),
    clear: m.key_clear(),
    setNull: m.key_set_null(),
    fillDown: m.key_fill_down(),
    fillRight: m.key_fill_right(),
    insertToday: m.key_insert_today(),
    undo: m.key_undo(),
    redo: m.key_redo(),
    copy: m.key_copy(),
    cut: m.key_cut(),
    paste: m.key_paste(),
    openRecord: m.grid_open_record(),
    insertRow: m.row_insert(),
    duplicateRows: m.key_duplicate_rows(),
    deleteRows: m.key_delete_rows(),
    columnMenu: m.key_column_menu(),
    moveColumnLeft: m.key_move_column_left(),
    moveColumnRight: m.key_move_column_right(),
    narrowColumn: m.key_narrow_column(),
    widenColumn: m.key_widen_column(),
    fitColumn: m.key_fit_column(),
    contextMenu: m.key_context_menu(),
    showFailure: m.key_show_failure(),
    find: m.key_find(),
    replace: m.key_replace(),
    help: m.help_keyboard(),
  };
}
