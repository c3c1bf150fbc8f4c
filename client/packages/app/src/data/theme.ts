/** Light, dark, or as the system says; remembered in the browser so that the sign-in page has it too. */
export type Theme = "system" | "light" | "dark";

const storageKey = "mathesar.theme";

export function storedTheme(): Theme {
  const stored = localStorage.getItem(storageKey);
  return stored === "light" || stored === "dark" ? stored : "system";
}

export function applyTheme(theme: Theme): void {
  localStorage.setItem(storageKey, theme);
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}
