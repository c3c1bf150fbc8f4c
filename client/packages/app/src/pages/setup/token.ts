/** Takes the one-time token out of the address bar, so that it stays neither in the history nor on the screen. */
export function takeSetupToken(): string | null {
  const token = new URLSearchParams(location.hash.replace(/^#/, "")).get("token");
  if (token) history.replaceState(null, "", location.pathname + location.search);
  return token;
}
