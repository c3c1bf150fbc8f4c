/** What is wrong with an exploration, and in which part of it. */

import { errorCodes, RpcFailure } from "@mathesar/api";
import { errorWords, type Words } from "$/errors/words";
import { m } from "$/paraglide/messages.js";

export interface ExplorationFailure {
  /** 0 for the table and the columns, else the number of the step, counted from 1. */
  readonly stage: number;
  /** Whether it is about the exploration rather than about the connection or the server. */
  readonly isInside: boolean;
  /** The table that it begins with is gone, or not to be seen. */
  readonly isBaseGone: boolean;
  /** Which of the columns that it begins with is at fault. */
  readonly column: number | null;
  readonly words: Words;
}

/** The server says the place of what is wrong first. */
const placePattern = /^exploration_def\.(\S+): /;

export function explorationFailure(error: unknown, stage: number): ExplorationFailure {
  const place = error instanceof RpcFailure ? placePattern.exec(error.message)?.[1] : undefined;
  const column = /^initial_columns\[(\d+)\]/.exec(place ?? "")?.[1];
  const code = error instanceof RpcFailure ? error.code : null;
  return {
    stage,
    isInside: stage > 0 ? error instanceof RpcFailure : place !== undefined,
    isBaseGone: place === "base_table_oid" && code === errorCodes.undefinedTable,
    column: column === undefined ? null : Number(column),
    words: wordsOf(error, column !== undefined && gone.has(code)),
  };
}

/** People see columns and tables by name, which the server does not have of what is gone. */
const gone: ReadonlySet<number | null> = new Set([errorCodes.undefinedColumn, errorCodes.undefinedTable]);

function wordsOf(error: unknown, isColumnGone: boolean): Words {
  const words = errorWords(error);
  if (isColumnGone) return { ...words, detail: m.exploration_column_gone() };
  const detail = words.detail.replace(placePattern, "");
  return { ...words, detail: detail.charAt(0).toUpperCase() + detail.slice(1) };
}
