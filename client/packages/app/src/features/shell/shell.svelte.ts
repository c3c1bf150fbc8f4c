import { MediaQuery } from "svelte/reactivity";

const storageKey = "mathesar.sidebar";

/** What of the frame is open. On a narrow screen the sidebar is a drawer above the page. */
class ShellState {
  readonly narrow = new MediaQuery("max-width: 820px");
  drawerOpen = $state(false);
  paletteOpen = $state(false);
  helpOpen = $state(false);
  /** Kept here, because it stays open from table to table. */
  inspectorOpen = $state(false);
  #docked = $state(localStorage.getItem(storageKey) !== "closed");

  get sidebarDocked(): boolean {
    return this.#docked && !this.narrow.current;
  }

  toggleSidebar(): void {
    if (this.narrow.current) {
      this.drawerOpen = !this.drawerOpen;
      return;
    }
    this.#docked = !this.#docked;
    localStorage.setItem(storageKey, this.#docked ? "open" : "closed");
  }
}

export const shell = new ShellState();
