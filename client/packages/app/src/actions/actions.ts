/** Everything that can be done from anywhere, in one table: the palette, menus and shortcuts are read from it. */

import ArrowUpDown from "@lucide/svelte/icons/arrow-up-down";
import Bookmark from "@lucide/svelte/icons/bookmark";
import CirclePlus from "@lucide/svelte/icons/circle-plus";
import Code from "@lucide/svelte/icons/code";
import Columns3 from "@lucide/svelte/icons/columns-3";
import Compass from "@lucide/svelte/icons/compass";
import Database from "@lucide/svelte/icons/database";
import DatabaseZap from "@lucide/svelte/icons/database-zap";
import Download from "@lucide/svelte/icons/download";
import Filter from "@lucide/svelte/icons/list-filter";
import House from "@lucide/svelte/icons/house";
import Keyboard from "@lucide/svelte/icons/keyboard";
import PanelLeft from "@lucide/svelte/icons/panel-left";
import PanelRight from "@lucide/svelte/icons/panel-right";
import Plus from "@lucide/svelte/icons/plus";
import RefreshCw from "@lucide/svelte/icons/refresh-cw";
import Search from "@lucide/svelte/icons/search";
import Upload from "@lucide/svelte/icons/upload";
import UserRound from "@lucide/svelte/icons/user-round";
import UsersRound from "@lucide/svelte/icons/users-round";
import type { Component } from "svelte";
import { session } from "$/data/session.svelte";
import { shell } from "$/features/shell/shell.svelte";
import { m } from "$/paraglide/messages.js";
import { router } from "$/router/router.svelte";
import { actionContext, type TableCommands } from "./context.svelte";

export interface ActionSpec {
  readonly id: string;
  readonly label: () => string;
  readonly icon: Component<{ size?: number }>;
  /** In the notation of the grid's table: `Mod` is ⌘ on Apple's systems and Ctrl elsewhere. */
  readonly shortcut?: string;
  readonly isAvailable: () => boolean;
  readonly run: () => void;
}

const always = () => true;

function onTable(run: (table: TableCommands) => void, when: (table: TableCommands) => boolean = always) {
  return {
    isAvailable: () => actionContext.table !== null && when(actionContext.table),
    run: () => {
      if (actionContext.table) run(actionContext.table);
    },
  };
}

export const actions: readonly ActionSpec[] = [
  {
    id: "palette",
    label: m.palette_open,
    icon: Search,
    shortcut: "Mod+k",
    isAvailable: always,
    run: () => (shell.paletteOpen = true),
  },
  { id: "filter", label: m.filter, icon: Filter, shortcut: "Mod+Shift+f", ...onTable((t) => t.openPanel("filter")) },
  { id: "sort", label: m.sort, icon: ArrowUpDown, shortcut: "Mod+Shift+s", ...onTable((t) => t.openPanel("sort")) },
  { id: "views", label: m.table_views, icon: Bookmark, ...onTable((t) => t.openViews()) },
  { id: "columns", label: m.columns_shown, icon: Columns3, ...onTable((t) => t.openPanel("columns")) },
  {
    id: "insert-row",
    label: m.row_insert,
    icon: Plus,
    ...onTable(
      (t) => t.runInGrid("insertRow"),
      (t) => t.canInsert,
    ),
  },
  {
    id: "add-column",
    label: m.column_add,
    icon: CirclePlus,
    ...onTable(
      (t) => t.addColumn(),
      (t) => t.canAlter,
    ),
  },
  {
    id: "inspector",
    label: m.inspector_toggle,
    icon: PanelRight,
    shortcut: "Mod+i",
    ...onTable((t) => t.toggleInspector()),
  },
  { id: "show-sql", label: m.sql_show, icon: Code, shortcut: "Mod+Shift+l", ...onTable((t) => t.showSql()) },
  { id: "explore", label: m.explore_table, icon: Compass, ...onTable((t) => t.explore()) },
  { id: "export", label: m.export_csv, icon: Download, ...onTable((t) => t.exportCsv()) },
  {
    id: "append-file",
    label: m.append_file,
    icon: Upload,
    ...onTable(
      (t) => t.appendFile(),
      (t) => t.canInsert,
    ),
  },
  { id: "reload", label: m.reload_rows, icon: RefreshCw, ...onTable((t) => t.reload()) },
  {
    id: "home",
    label: m.home,
    icon: House,
    isAvailable: always,
    run: () => router.go({ page: "home" }),
  },
  {
    id: "create-database",
    label: m.create_database,
    icon: Database,
    isAvailable: () => session.isSuperuser && (session.info?.can_create_databases ?? false),
    run: () => router.go({ page: "create-database" }),
  },
  {
    id: "connect-database",
    label: m.connect_database,
    icon: DatabaseZap,
    isAvailable: () => session.isSuperuser,
    run: () => router.go({ page: "connect-database" }),
  },
  {
    id: "profile",
    label: m.profile,
    icon: UserRound,
    isAvailable: always,
    run: () => router.go({ page: "profile", tab: "account" }),
  },
  {
    id: "users",
    label: m.users,
    icon: UsersRound,
    isAvailable: () => session.isSuperuser,
    run: () => router.go({ page: "users" }),
  },
  {
    id: "sidebar",
    label: m.toggle_sidebar,
    icon: PanelLeft,
    shortcut: "Mod+\\",
    isAvailable: always,
    run: () => shell.toggleSidebar(),
  },
  {
    id: "help",
    label: m.help_keyboard,
    icon: Keyboard,
    shortcut: "?",
    isAvailable: always,
    run: () => (shell.helpOpen = true),
  },
];
