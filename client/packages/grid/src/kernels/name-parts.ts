/** Pure functions: which signs of a name cannot be seen. No state, no DOM. */

/**
 * Spaces at either end or beside another space, every blank that is no ordinary space, controls, marks of direction and signs
 * without width. Joiners stay: scripts and emoji need them.
 */
const UNSEEN = /^\s+|\s+$|\s{2,}|[^\S ]|[\p{Cc}\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

export interface NamePart {
  readonly text: string;
  /** One sign that cannot be seen, rather than text that can. */
  readonly unseen: boolean;
}

export function nameParts(name: string): readonly NamePart[] {
  const parts: NamePart[] = [];
  let end = 0;
  for (const match of name.matchAll(UNSEEN)) {
    if (match.index > end) parts.push({ text: name.slice(end, match.index), unseen: false });
    for (const sign of match[0]) parts.push({ text: sign, unseen: true });
    end = match.index + match[0].length;
  }
  if (end < name.length) parts.push({ text: name.slice(end), unseen: false });
  return parts;
}

export function hasUnseenSigns(name: string): boolean {
  return nameParts(name).some((part) => part.unseen);
}
