/** What people say of a schema or a table: its name, and a comment on it. */

interface Details {
  readonly name: string;
  readonly description: string;
}

/** Only what differs, so that nothing is written that stays; an empty description takes the comment away. */
export function changedDetails(
  before: { readonly name: string; readonly description?: string | null },
  now: Details,
): { name?: string; description?: string | null } {
  return {
    ...(now.name !== before.name ? { name: now.name } : {}),
    ...(now.description !== (before.description ?? "") ? { description: now.description || null } : {}),
  };
}
