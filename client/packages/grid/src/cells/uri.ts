import { invalid, plain, valid, type CellKind } from "./kind.ts";
import { paintLink } from "./links.ts";

const WITH_SCHEME = /^[a-z][a-z0-9+.-]*:[^\s]+$/i;
const BARE_HOST = /^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+(:\d+)?([/?#]\S*)?$/u;

/** Addresses; a bare host such as `example.org/page` is taken as https, as a browser does. */
export const uri: CellKind = {
  id: "uri",
  align: "start",
  editor: "line",
  show: plain,
  edit: plain,
  parse(input, { messages }) {
    const text = input.trim();
    if (BARE_HOST.test(text)) return valid(`https://${text}`);
    return WITH_SCHEME.test(text) ? valid(text) : invalid(messages.invalid.uri(input));
  },
  paint: (element, value) => paintLink(element, plain(value)),
};
