import { isDecimal } from "../kernels/decimal.ts";
import { editNumber, showNumber } from "../kernels/number-text.ts";
import { parseNumber } from "./number.ts";
import { plain, type CellKind } from "./kind.ts";

/**
 * Amounts: digits with the column's currency sign. PostgreSQL's own `money` may arrive as text in the server's locale; it is
 * then shown as it came.
 */
export const money: CellKind = {
  id: "money",
  align: "end",
  editor: "line",
  sums: true,
  uncut: true,
  show(value, { column, locale }) {
    const text = plain(value);
    if (!isDecimal(text)) return text;
    const { currency = "", currencyPosition = "start", grouping = true, minFraction, maxFraction } = column.format ?? {};
    const amount = showNumber(text, locale, { grouping, minFraction, maxFraction });
    if (currency === "") return amount;
    if (currencyPosition === "end") return `${amount}\u00a0${currency}`;
    return amount.startsWith("-") ? `-${currency}${amount.slice(1)}` : `${currency}${amount}`;
  },
  edit: (value, { locale }) => editNumber(plain(value), locale),
  parse: (input, context) => parseNumber(input.replace(/\p{Sc}/gu, "").replace(context.column.format?.currency ?? "", ""), context),
};
