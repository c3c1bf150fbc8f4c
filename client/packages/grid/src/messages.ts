/** Every word that the grid shows or speaks. The host passes them in, in the user's language; the grid contains none. */

import type { ActionGroup, ActionId } from "./actions.ts";

export interface GridMessages {
  readonly actions: Readonly<Record<ActionId, string>>;
  readonly actionGroups: Readonly<Record<ActionGroup, string>>;

  /** Accessible name of the grid. */
  readonly gridLabel: string;
  readonly rowNumbers: string;
  readonly selectAll: string;
  readonly columnMenu: (column: string) => string;
  readonly resizeColumn: (column: string) => string;
  readonly newRow: string;
  readonly openRecord: string;
  readonly openLink: string;
  readonly loading: string;
  readonly loadFailed: (reason: string) => string;
  readonly retry: string;
  readonly fillHandle: string;

  readonly nullValue: string;
  readonly defaultValue: string;
  readonly trueLabel: string;
  readonly falseLabel: string;
  readonly bytes: (size: string) => string;
  readonly sortedAscending: string;
  readonly sortedDescending: string;
  readonly primaryKey: string;

  readonly saving: string;
  readonly editFailed: (reason: string) => string;
  readonly editConflict: (theirs: string) => string;
  readonly rowGone: string;
  /** Said of a change that was sound but shared its transaction with one that was not. */
  readonly rolledBack: string;
  readonly outcomeUnknown: (reason: string) => string;
  readonly draftNeeds: (columns: string) => string;
  /** Said of a new row whose values could not be changed once it is saved. */
  readonly draftWaits: string;

  readonly readonlyCell: (column: string, reason: string) => string;
  readonly notAllowed: string;
  readonly nothingToUndo: string;
  readonly nothingToRedo: string;
  readonly undone: string;
  readonly redone: string;
  readonly copied: (cells: number) => string;
  readonly copyTooLarge: (cells: number, limit: number) => string;
  readonly copyRanges: string;
  readonly pasted: (cells: number) => string;
  readonly pasteTooLarge: (cells: number, limit: number) => string;
  readonly pasteRefused: (cells: number, first: string) => string;
  readonly clipboardBlocked: string;
  readonly rowsDeleted: (rows: number) => string;
  readonly tooManyRows: (rows: number, limit: number) => string;
  readonly editFailures: (cells: number, first: string) => string;

  readonly invalid: {
    readonly number: (text: string) => string;
    readonly integer: (text: string) => string;
    readonly outOfRange: (min: string, max: string) => string;
    readonly boolean: (text: string) => string;
    readonly date: (text: string, pattern: string) => string;
    readonly time: (text: string) => string;
    readonly timestamp: (text: string, pattern: string) => string;
    readonly interval: (text: string) => string;
    readonly email: (text: string) => string;
    readonly uri: (text: string) => string;
    readonly uuid: (text: string) => string;
    readonly json: (reason: string) => string;
    readonly array: (text: string) => string;
    readonly enum: (text: string) => string;
    readonly bytes: (text: string) => string;
    readonly tooLong: (length: number, limit: number) => string;
    readonly required: (column: string) => string;
  };
}
