/** What is fetched apart from the rest: pages, and what opens above them. */

import { Part } from "./part.svelte";

export const entry = {
  shell: new Part(() => import("$/features/shell/Shell.svelte")),
  setup: new Part(() => import("$/pages/setup/SetupPage.svelte")),
  signIn: new Part(() => import("$/pages/sign-in/SignInPage.svelte")),
  changePassword: new Part(() => import("$/pages/sign-in/ChangePasswordPage.svelte")),
  sharedForm: new Part(() => import("$/pages/shared-form/SharedFormPage.svelte")),
  sessionExpired: new Part(() => import("$/pages/sign-in/SessionExpired.svelte")),
};

export const pages = {
  home: new Part(() => import("$/pages/home/HomePage.svelte")),
  createDatabase: new Part(() => import("$/pages/connect/CreateDatabasePage.svelte")),
  connectDatabase: new Part(() => import("$/pages/connect/ConnectPage.svelte")),
  database: new Part(() => import("$/pages/database/DatabasePage.svelte")),
  schema: new Part(() => import("$/pages/schema/SchemaPage.svelte")),
  explorer: new Part(() => import("$/pages/explorer/ExplorerPage.svelte")),
  import: new Part(() => import("$/pages/import/ImportPage.svelte")),
  append: new Part(() => import("$/pages/import/AppendPage.svelte")),
  table: new Part(() => import("$/pages/table/TablePage.svelte")),
  record: new Part(() => import("$/pages/record/RecordPage.svelte")),
  form: new Part(() => import("$/pages/form/FormPage.svelte")),
  profile: new Part(() => import("$/pages/profile/ProfilePage.svelte")),
  users: new Part(() => import("$/pages/users/UsersPage.svelte")),
  notFound: new Part(() => import("$/pages/NotFoundPage.svelte")),
};

/** Only what is opened by a click: whoever opens the palette or a cell's picker by a key goes on typing at once. */
export const layers = {
  help: new Part(() => import("$/features/help/HelpDialog.svelte")),
  inspector: new Part(() => import("$/features/inspector/Inspector.svelte")),
  columns: new Part(() => import("$/features/table-view/ColumnsPanel.svelte")),
  linked: new Part(() => import("$/features/link-picker/LinkedRecords.svelte")),
  file: new Part(() => import("$/features/file/FileValue.svelte")),
  filter: new Part(() => import("$/features/filter/FilterPanel.svelte")),
  sort: new Part(() => import("$/features/sort/SortPanel.svelte")),
  record: new Part(() => import("$/features/record/RecordDialog.svelte")),
  sql: new Part(() => import("$/features/sql/ViewSqlDialog.svelte")),
  column: new Part(() => import("$/features/schema-objects/ColumnDialog.svelte")),
  dropColumn: new Part(() => import("$/features/schema-objects/DropColumnDialog.svelte")),
  moveColumns: new Part(() => import("$/features/schema-objects/MoveColumnsDialog.svelte")),
  primaryKey: new Part(() => import("$/features/schema-objects/PrimaryKeyDialog.svelte")),
  newForm: new Part(() => import("$/features/schema-objects/NewFormDialog.svelte")),
  newTable: new Part(() => import("$/features/schema-objects/NewTableDialog.svelte")),
  editTable: new Part(() => import("$/features/schema-objects/EditTableDialog.svelte")),
  permissions: new Part(() => import("$/features/permissions/PermissionsDialog.svelte")),
  sharing: new Part(() => import("$/features/sharing/SharingDialog.svelte")),
  reach: new Part(() => import("$/features/permissions/ReachDialog.svelte")),
  tokens: new Part(() => import("$/pages/profile/Tokens.svelte")),
  refreshView: new Part(() => import("$/features/schema-objects/RefreshViewDialog.svelte")),
  views: new Part(() => import("$/features/table-view/views")),
  dropTable: new Part(() => import("$/features/schema-objects/DropTableDialog.svelte")),
};
