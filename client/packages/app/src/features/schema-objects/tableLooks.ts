import Eye from "@lucide/svelte/icons/eye";
import Globe from "@lucide/svelte/icons/globe";
import Layers from "@lucide/svelte/icons/layers";
import Table2 from "@lucide/svelte/icons/table-2";
import type { TableKind } from "@mathesar/api";
import type { Component } from "svelte";
import { m } from "$/paraglide/messages.js";

interface Look {
  readonly icon: Component<{ size?: number; strokeWidth?: number }>;
  readonly label: () => string;
}

/** How each kind of relation looks and what it is called. */
export const tableLooks: Record<TableKind, Look> = {
  table: { icon: Table2, label: m.kind_table },
  view: { icon: Eye, label: m.kind_view },
  materialized_view: { icon: Eye, label: m.kind_materialized_view },
  partitioned_table: { icon: Layers, label: m.kind_partitioned_table },
  foreign_table: { icon: Globe, label: m.kind_foreign_table },
};
