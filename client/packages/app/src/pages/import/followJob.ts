import type { JobInfo } from "@mathesar/api";
import { call } from "$/data/client";

const pause = 400;

/** Asks how a job stands until it has ended. Throws the abort of its signal. */
export async function followJob(
  job: JobInfo,
  onprogress: (job: JobInfo) => void,
  signal: AbortSignal,
): Promise<JobInfo> {
  let current = job;
  while (current.state === "queued" || current.state === "running") {
    await new Promise((resolve) => setTimeout(resolve, pause));
    signal.throwIfAborted();
    current = await call("jobs.get", { job_id: job.id }, signal);
    onprogress(current);
  }
  return current;
}
