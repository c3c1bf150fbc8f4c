/** What steps, aggregates and reductions are called. */

import { m } from "$/paraglide/messages.js";
import type { StepWork } from "./draft";

const aggregates: Record<string, () => string> = {
  count: m.aggregate_count,
  count_null: m.aggregate_count_null,
  count_distinct: m.aggregate_count_distinct,
  distinct_aggregate_to_array: m.aggregate_list_distinct,
  aggregate_to_array: m.aggregate_list,
  sum: m.aggregate_sum,
  mean: m.aggregate_mean,
  median: m.aggregate_median,
  mode: m.aggregate_mode,
  min: m.aggregate_min,
  max: m.aggregate_max,
  percentage_true: m.aggregate_percentage_true,
  peak_time: m.aggregate_peak_time,
  peak_month: m.aggregate_peak_month,
};

const preprocs: Record<string, () => string> = {
  truncate_to_year: m.preproc_year,
  truncate_to_month: m.preproc_month,
  truncate_to_day: m.preproc_day,
  uri_scheme: m.preproc_uri_scheme,
  uri_authority: m.preproc_uri_authority,
  email_domain: m.preproc_email_domain,
};

const steps: Record<StepWork["kind"], () => string> = {
  filter: m.filter,
  condition: m.filter,
  order: m.sort,
  summarize: m.step_summarize,
  hide: m.step_hide,
  select: m.step_select,
  limit: m.step_limit,
  offset: m.step_offset,
};

export function aggregateLabel(id: string): string {
  return aggregates[id]?.() ?? id;
}

export function preprocLabel(id: string): string {
  return preprocs[id]?.() ?? id;
}

export function stepLabel(kind: StepWork["kind"]): string {
  return steps[kind]();
}

/** What a column that a summary makes is called until somebody calls it otherwise. */
export function summarizedName(how: string, name: string): string {
  return m.summarized_name({ how, name });
}
