/** Where the application lives, ending in a slash; the server says it in `<base href>`. */
export const base = new URL(document.baseURI).pathname.replace(/[^/]*$/, "");
