import { base } from "./base";
import { pathOf, routeOf, type Route } from "./routes";

/** The address of a route, for links. */
export function href(route: Route): string {
  return base + pathOf(route);
}

/** Asked before another page is shown; gives whether the present one may be left, at once where nobody has to be asked. */
export type LeaveCheck = () => boolean | Promise<boolean>;

interface Going {
  readonly replace?: boolean;
  /** False where what is on the page is gone anyway. */
  readonly ask?: boolean;
}

/** The page on show, kept in step with the address bar. */
class Router {
  mayLeave: LeaveCheck = () => true;
  #path = $state(location.pathname);
  #search = $state(location.search);
  readonly route = $derived(routeOf(belowBase(this.#path)));
  readonly search = $derived(new URLSearchParams(this.#search));
  /** The place of the page on show in the browser's history, which tells how far its buttons went. */
  #place = 0;
  #asking = false;
  /** Called instead of following, when the browser is where we sent it. */
  #arrived: (() => void) | null = null;

  /** Starts to follow the address bar and the links of the page. */
  start(): () => void {
    this.#place = placeOf(history.state) ?? 0;
    history.replaceState({ place: this.#place }, "");
    const follow = () => void this.#follow();
    const click = (event: MouseEvent) => this.#onClick(event);
    addEventListener("popstate", follow);
    document.addEventListener("click", click);
    return () => {
      removeEventListener("popstate", follow);
      document.removeEventListener("click", click);
    };
  }

  /** Shows a page; gives whether it does, which the user may have been asked about. */
  async go(route: Route, { replace = false, ask = true }: Going = {}): Promise<boolean> {
    return this.#visit(href(route), replace, ask);
  }

  /** Changes the part behind the question mark and stays on the page. */
  setSearch(search: URLSearchParams, how: { replace: boolean }): void {
    const text = search.toString();
    this.#show(location.pathname + (text ? `?${text}` : ""), how.replace);
  }

  async #visit(address: string, replace: boolean, ask: boolean): Promise<boolean> {
    const allowed = ask ? this.#check() : true;
    // Where nobody has to be asked, the page is there when this function returns.
    if (allowed !== true && !(await allowed)) return false;
    this.#show(address, replace);
    return true;
  }

  #show(address: string, replace: boolean): void {
    if (!replace) this.#place += 1;
    const state = { place: this.#place };
    if (replace) history.replaceState(state, "", address);
    else history.pushState(state, "", address);
    this.#read();
  }

  #check(): boolean | Promise<boolean> {
    if (this.#asking) return false;
    const allowed = this.mayLeave();
    if (typeof allowed === "boolean") return allowed;
    this.#asking = true;
    return allowed.finally(() => (this.#asking = false));
  }

  /** The browser went elsewhere in its history. It goes back while somebody is asked whether the page may be left. */
  async #follow(): Promise<void> {
    if (this.#arrived) {
      this.#arrived();
      return;
    }
    // An entry that is none of ours was made behind the page on show.
    const place = placeOf(history.state) ?? this.#place + 1;
    const steps = place - this.#place;
    const allowed = location.pathname === this.#path || this.#check();
    if (allowed !== true) {
      await this.#travel(-steps);
      if (!(await allowed)) return;
      await this.#travel(steps);
    }
    this.#place = place;
    this.#read();
  }

  #travel(steps: number): Promise<void> {
    return new Promise((resolve) => {
      this.#arrived = () => {
        this.#arrived = null;
        resolve();
      };
      history.go(steps);
    });
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
    void this.#visit(target.pathname + target.search, false, target.pathname !== this.#path);
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

function placeOf(state: unknown): number | null {
  const place = (state as { readonly place?: unknown } | null)?.place;
  return typeof place === "number" ? place : null;
}

function belowBase(path: string): string {
  return path.startsWith(base) ? path.slice(base.length) : path;
}

export const router = new Router();
