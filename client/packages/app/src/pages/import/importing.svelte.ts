import { isAbort, type Dialect, type ImportPreview, type JobInfo } from "@mathesar/api";
import { call } from "$/data/client";
import { errorWords, type Words } from "$/errors/words";
import { m } from "$/paraglide/messages.js";
import { toasts } from "$/ui/toasts.svelte";
import { followJob } from "./followJob";

/** A file on its way into a table: it is read, then its rows are loaded. */
export class Importing {
  preview = $state.raw<ImportPreview | null>(null);
  /** The file is being read. */
  reading = $state(false);
  /** The load at work. */
  job = $state.raw<JobInfo | null>(null);
  failure = $state.raw<Words | null>(null);
  #reading = new AbortController();
  #loading = new AbortController();

  /** Reads an uploaded file; gives what it would become, or nothing when that failed or was given up. */
  async read(file: number, dialect?: Dialect): Promise<ImportPreview | null> {
    this.reading = true;
    this.failure = null;
    this.#reading = new AbortController();
    try {
      const params = { data_file_id: file, ...(dialect ? { dialect } : {}) };
      this.preview = await call("imports.preview", params, this.#reading.signal);
      return this.preview;
    } catch (error) {
      if (!isAbort(error)) this.failure = errorWords(error);
      return null;
    } finally {
      this.reading = false;
    }
  }

  cancelReading(): void {
    this.#reading.abort();
  }

  /** Starts a load and follows it; gives the number of the table that has the rows then, or nothing when it has not. */
  async load(start: () => Promise<JobInfo>): Promise<number | null> {
    this.failure = null;
    this.#loading = new AbortController();
    try {
      const started = await start();
      this.job = started;
      return this.#ended(await followJob(started, (next) => (this.job = next), this.#loading.signal));
    } catch (error) {
      if (!isAbort(error)) this.failure = errorWords(error);
      return null;
    } finally {
      this.job = null;
    }
  }

  #ended(job: JobInfo): number | null {
    const table = job.result?.["table_oid"];
    if (job.state === "done" && typeof table === "number") return table;
    if (job.state === "failed") {
      this.failure = { title: m.import_failed(), detail: job.error ?? "", next: m.import_nothing_changed() };
    }
    return null;
  }

  async cancel(): Promise<void> {
    if (!this.job) return;
    this.#loading.abort();
    try {
      await call("jobs.cancel", { job_id: this.job.id });
      toasts.show("info", m.import_cancelled());
    } catch (error) {
      toasts.failure(error);
    }
  }

  startOver(): void {
    this.preview = null;
    this.failure = null;
  }
}
