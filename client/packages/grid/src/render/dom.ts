/** Small help for making nodes. */

import { nameParts } from "../kernels/name-parts.ts";

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

/** A name as it is, with marks on the signs of it that nobody would see. */
export function setName(element: Element, name: string): void {
  const nodes = nameParts(name).map((part) => {
    if (!part.unseen) return part.text;
    const sign = make("span", "grid-unseen");
    sign.textContent = part.text;
    return sign;
  });
  element.replaceChildren(...nodes);
}

let grids = 0;

/** A name that no other grid on the page has, for ids. */
export function uniqueName(): string {
  grids++;
  return `grid-${grids}`;
}
