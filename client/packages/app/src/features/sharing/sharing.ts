/** Whose an exploration, a form or a saved view is, and what may be done with it: as the server said, in words. */

import type { ExplorationInfo, FormInfo, OwnerInfo, Sharing, TableViewInfo } from "@mathesar/api";
import { call } from "$/data/client";
import { refresh } from "$/data/query";
import { session } from "$/data/session.svelte";
import { m } from "$/paraglide/messages.js";

/** What is shared, whatever kind of thing it is. */
export interface Subject {
  readonly database: number;
  readonly name: string;
  readonly sharing: Sharing;
  /** What else people should know who share it. */
  readonly note: string;
  send(change: SharingChange): Promise<Sharing>;
}

/** What is to be different. */
export interface SharingChange {
  readonly owner_id?: number;
  readonly access?: Sharing["access"];
}

export function ofExploration({ id, database_id, name, sharing }: ExplorationInfo): Subject {
  return {
    database: database_id,
    name,
    sharing,
    note: m.sharing_exploration_note(),
    async send(change) {
      const after = await call("explorations.share", { database_id, exploration_id: id, ...change });
      void refresh("explorations.list");
      return after;
    },
  };
}

/** Null for a form of which only the link is known. */
export function ofForm({ id, database_id, name, sharing }: FormInfo): Subject | null {
  if (!sharing) return null;
  return {
    database: database_id,
    name,
    sharing,
    note: m.sharing_form_note(),
    async send(change) {
      const after = await call("forms.share", { database_id, form_id: id, ...change });
      void refresh("forms.list");
      return after;
    },
  };
}

export function ofTableView({ id, database_id, name, sharing }: TableViewInfo): Subject {
  return {
    database: database_id,
    name,
    sharing,
    note: m.sharing_table_view_note(),
    async send(change) {
      const after = await call("table_views.share", { database_id, table_view_id: id, ...change });
      void refresh("table_views.list");
      return after;
    },
  };
}

export function mayChange(sharing: Sharing | null): boolean {
  return sharing?.caller_may === "write" || sharing?.caller_may === "share";
}

export function called({ full_name, username }: Pick<OwnerInfo, "full_name" | "username">): string {
  return full_name || username;
}

/** What is not open to everybody, in a few words; null for what is. */
export function restriction({ owner, access }: Sharing): string | null {
  if (!owner || access === "write") return null;
  const isOwn = owner.id === session.user?.id;
  const name = called(owner);
  if (access === "none") return isOwn ? m.sharing_only_you_see() : m.sharing_only_sees({ name });
  return isOwn ? m.sharing_only_you_change() : m.sharing_only_changes({ name });
}
