/** Small help for making nodes. */

export function make<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, role?: string): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = className;
  if (role !== undefined) element.setAttribute("role", role);
  return element;
}

/** Sets an attribute only where it changes, because every write costs a style check. */
export function setAttribute(element: Element, name: string, value: string | null): void {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

export function setText(element: Element, text: string): void {
  const first = element.firstChild;
  if (first && first === element.lastChild && first.nodeType === Node.TEXT_NODE) {
    if (first.nodeValue !== text) first.nodeValue = text;
  } else {
    element.textContent = text;
  }
}

let grids = 0;

/** A name that no other grid on the page has, for ids. */
export function uniqueName(): string {
  grids++;
  return `grid-${grids}`;
}
