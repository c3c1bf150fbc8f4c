/** Changes that the database does not hold (yet), and the question before they are lost. */

/** A place where people change data, as long as it is on the page. Its properties are read reactively. */
export interface UnsavedWork {
  /** Changes that are on their way. */
  readonly pending: number;
  /** Changes that were refused, or not sent yet. */
  readonly unsaved: number;
  /** Why, each reason once; empty where nobody refused. */
  readonly reasons: readonly string[];
  /** Whether sending again can help. */
  readonly canSave: boolean;
  /** Takes what is still being typed into account. */
  commit?(): void;
  /** Sends again, or for the first time, what is not saved. */
  save(): Promise<void>;
}

/** A save that takes less is waited for without asking. */
const patience = 400;

interface Question {
  readonly work: UnsavedWork;
  readonly answer: (leave: boolean) => void;
}

class Unsaved {
  /** What the user is being asked about. */
  question = $state.raw<Question | null>(null);
  readonly #works = new Set<UnsavedWork>();

  /** Takes part until the returned function is called. */
  add(work: UnsavedWork): () => void {
    this.#works.add(work);
    return () => {
      this.#works.delete(work);
      if (this.question?.work === work) this.question.answer(true);
    };
  }

  /** Whether something would be lost if the page went away now. */
  get any(): boolean {
    return [...this.#works].some((work) => !isSaved(work));
  }

  /** Whether the page may be left: at once where all is saved, else when that is so or the user said what shall happen. */
  mayLeave(): boolean | Promise<boolean> {
    return this.mayLose([...this.#works]);
  }

  /** The same for a part of the page. */
  mayLose(works: readonly UnsavedWork[]): boolean | Promise<boolean> {
    for (const work of works) work.commit?.();
    const open = works.filter((work) => !isSaved(work));
    return open.length === 0 || this.#ask(open);
  }

  async #ask(works: readonly UnsavedWork[]): Promise<boolean> {
    for (const work of works) {
      await settled(work, patience);
      if (!isSaved(work) && !(await this.#answerFor(work))) return false;
    }
    return true;
  }

  #answerFor(work: UnsavedWork): Promise<boolean> {
    return new Promise((resolve) => {
      const answer = (leave: boolean) => {
        this.question = null;
        resolve(leave);
      };
      this.question = { work, answer };
    });
  }
}

export function isSaved(work: UnsavedWork): boolean {
  return work.pending + work.unsaved === 0;
}

/** Waits until nothing is on its way, at most so long. */
async function settled(work: UnsavedWork, milliseconds: number): Promise<void> {
  const end = Date.now() + milliseconds;
  while (work.pending > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
}

export const unsaved = new Unsaved();
