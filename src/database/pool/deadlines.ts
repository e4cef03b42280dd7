// Many deadlines share one timer. The service sets thousands each second and meets almost all of them, so a timer for
// each would cost more than the rest of the bookkeeping.

/** A point in time, and the function to call then. */
export interface Deadline {
  /** When it passes, on the clock of `performance.now()`. */
  readonly at: number;
  /** Called once when the deadline has passed. */
  readonly pass: () => void;
}

/** Deadlines that have not passed. */
export class Deadlines {
  readonly #set = new Set<Deadline>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAt = Infinity;

  /** Adds a deadline. Its `pass` is called when it has passed, unless it is deleted before. */
  add(deadline: Deadline): void {
    this.#set.add(deadline);
    if (deadline.at < this.#timerAt) this.#arm(deadline.at);
  }

  /** Deletes a deadline that was met. The shared timer keeps running. */
  delete(deadline: Deadline): void {
    this.#set.delete(deadline);
  }

  /** Deletes all deadlines, and the timer, which would keep a process alive. */
  clear(): void {
    this.#set.clear();
    this.#disarm();
  }

  #arm(at: number): void {
    clearTimeout(this.#timer);
    this.#timerAt = at;
    // Rounded up: a timer has whole milliseconds and could fire before a fraction has passed.
    this.#timer = setTimeout(() => this.#fire(), Math.max(1, Math.ceil(at - performance.now())));
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerAt = Infinity;
  }

  #fire(): void {
    this.#disarm();
    const now = performance.now();
    const passed = [...this.#set].filter(({ at }) => at <= now);
    // Where the process was late, an earlier deadline passes first all the same: a waiter whose time is over gets no
    // connection of work that ends after it.
    for (const deadline of passed.toSorted((a, b) => a.at - b.at)) {
      // A `pass` may have deleted it.
      if (this.#set.delete(deadline)) deadline.pass();
    }
    let next = Infinity;
    for (const { at } of this.#set) next = Math.min(next, at);
    // A `pass` may have added deadlines and armed the timer.
    if (next < this.#timerAt) this.#arm(next);
  }
}
