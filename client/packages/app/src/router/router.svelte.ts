import { base } from "./base";
import { pathOf, routeOf, type Route } from "./routes";

/** The address of a route, for links. */
export function href(route: Route): string {
  return base + pathOf(route);
}

/** The page on show, kept in step with the address bar. */
class Router {
  #path = $state(location.pathname);
  #search = $state(location.search);
  readonly route = $derived(routeOf(belowBase(this.#path)));
  readonly search = $derived(new URLSearchParams(this.#search));

  /** Starts to follow the address bar and the links of the page. */
  start(): () => void {
    const follow = () => this.#read();
    const click = (event: MouseEvent) => this.#onClick(event);
    addEventListener("popstate", follow);
    document.addEventListener("click", click);
    return () => {
      removeEventListener("popstate", follow);
      document.removeEventListener("click", click);
    };
  }

  go(route: Route, how: { replace?: boolean } = {}): void {
    this.#visit(href(route), how.replace ?? false);
  }

  /** Changes the part behind the question mark and stays on the page. */
  setSearch(search: URLSearchParams, how: { replace: boolean }): void {
    const text = search.toString();
    this.#visit(location.pathname + (text ? `?${text}` : ""), how.replace);
  }

  #visit(address: string, replace: boolean): void {
    if (replace) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    this.#read();
  }

  #read(): void {
    this.#path = location.pathname;
    this.#search = location.search;
  }

  #onClick(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || !this.routeOf(link)) return;
    event.preventDefault();
    const target = new URL(link.href);
    this.#visit(target.pathname + target.search, false);
  }

  /** The page that a link leads to; null when that is none of ours. */
  routeOf(link: HTMLAnchorElement): Route | null {
    if (link.target || link.hasAttribute("download")) return null;
    const target = new URL(link.href);
    const ours = target.origin === location.origin && target.pathname.startsWith(base);
    if (!ours || target.pathname.startsWith(`${base}api/`)) return null;
    return routeOf(belowBase(target.pathname));
  }
}

function belowBase(path: string): string {
  return path.startsWith(base) ? path.slice(base.length) : path;
}

export const router = new Router();
