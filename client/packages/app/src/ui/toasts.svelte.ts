import { errorWords } from "$/errors/words";

export interface Toast {
  readonly id: number;
  readonly tone: "info" | "success" | "danger";
  readonly title: string;
  readonly detail: string;
}

const secondsShown = { info: 5, success: 4, danger: 12 } as const;

/** Short messages in the corner, read out by screen readers. */
class Toasts {
  readonly list = $state<Toast[]>([]);
  #lastId = 0;

  show(tone: Toast["tone"], title: string, detail = ""): void {
    this.#lastId += 1;
    const toast: Toast = { id: this.#lastId, tone, title, detail };
    this.list.push(toast);
    setTimeout(() => this.dismiss(toast.id), secondsShown[tone] * 1000);
  }

  success(title: string): void {
    this.show("success", title);
  }

  failure(error: unknown): void {
    const words = errorWords(error);
    this.show("danger", words.title, [words.detail, words.next].filter(Boolean).join(" "));
  }

  dismiss(id: number): void {
    const index = this.list.findIndex((toast) => toast.id === id);
    if (index >= 0) this.list.splice(index, 1);
  }
}

export const toasts = new Toasts();
