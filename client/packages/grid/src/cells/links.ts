/** Pure help for kinds whose values can be followed. */

/** Only these lead out; anything else in a database cell, such as `javascript:`, is text. */
const SAFE_SCHEME = /^(https?|ftp|mailto|tel):/i;

export function isFollowable(address: string): boolean {
  return SAFE_SCHEME.test(address.trim());
}

/** Turns the cell's text into a link. The grid lets a click through only with Ctrl or ⌘, so that a click still selects. */
export function paintLink(element: HTMLElement, address: string): void {
  if (!isFollowable(address)) return;
  const link = document.createElement("a");
  link.href = address.trim();
  link.target = "_blank";
  link.rel = "noopener noreferrer nofollow";
  link.tabIndex = -1;
  link.draggable = false;
  link.textContent = element.textContent;
  element.replaceChildren(link);
}
