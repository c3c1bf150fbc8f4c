/** Saves what an address answers with. The server gives a file name, so the page stays. */
export function download(address: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = "";
  link.click();
}
