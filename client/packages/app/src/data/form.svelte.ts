import { errorWords, type Words } from "$/errors/words";

/** The life of a form that is being sent: busy, failed with words, or done. */
export class Submission {
  busy = $state(false);
  failure = $state<Words | null>(null);

  /** Runs the work once at a time; gives whether it succeeded. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.failure = null;
    try {
      await work();
      return true;
    } catch (error) {
      this.failure = errorWords(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
