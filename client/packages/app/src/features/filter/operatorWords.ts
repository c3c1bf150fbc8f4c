import { m } from "$/paraglide/messages.js";

const words: Record<string, () => string> = {
  equal: m.op_equal,
  not_equal: m.op_not_equal,
  lesser: m.op_lesser,
  greater: m.op_greater,
  lesser_or_equal: m.op_lesser_or_equal,
  greater_or_equal: m.op_greater_or_equal,
  between: m.op_between,
  in: m.op_in,
  not_in: m.op_not_in,
  null: m.op_null,
  not_null: m.op_not_null,
  contains: m.op_contains,
  contains_case_insensitive: m.op_contains_ci,
  not_contains_case_insensitive: m.op_not_contains_ci,
  starts_with: m.op_starts_with,
  starts_with_case_insensitive: m.op_starts_with_ci,
  ends_with: m.op_ends_with,
  ends_with_case_insensitive: m.op_ends_with_ci,
  matches: m.op_matches,
  uri_scheme_equals: m.op_uri_scheme_equals,
  uri_authority_contains: m.op_uri_authority_contains,
  email_domain_equals: m.op_email_domain_equals,
  email_domain_contains: m.op_email_domain_contains,
  json_array_length_equals: m.op_length_equals,
  json_array_length_greater_than: m.op_length_greater,
  json_array_length_greater_or_equal: m.op_length_greater_or_equal,
  json_array_length_less_than: m.op_length_less,
  json_array_length_less_or_equal: m.op_length_less_or_equal,
  json_array_not_empty: m.op_not_empty,
  json_array_contains: m.op_json_array_contains,
  json_contains: m.op_json_contains,
  array_contains: m.op_array_contains,
  array_not_empty: m.op_not_empty,
  array_length_equals: m.op_length_equals,
  range_contains: m.op_range_contains,
  range_overlaps: m.op_range_overlaps,
  network_contains: m.op_network_contains,
  fulltext_matches: m.op_fulltext_matches,
};

/** Comparisons read differently for what has a place in time. */
const timeWords: Record<string, () => string> = {
  lesser: m.op_before,
  greater: m.op_after,
  lesser_or_equal: m.op_before_or_equal,
  greater_or_equal: m.op_after_or_equal,
};

const timeFamilies = new Set(["date", "time", "timestamp"]);

export function operatorLabel(operator: string, family: string): string {
  const word = (timeFamilies.has(family) ? timeWords[operator] : undefined) ?? words[operator];
  return word?.() ?? operator;
}
