// Many deadlines and one timer. Of thousands that are set each second hardly one passes: a timer for each
// would cost more than the rest of the bookkeeping.

/** Something that is to end in time. */
export interface Deadline {
  /** When it passes, as `performance.now()` tells the time. */
  readonly at: number;
  /** Called once, when it has passed. */
  readonly pass: () => void;
}

/** Deadlines that have not passed. */
export class Deadlines {
  readonly #set = new Set<Deadline>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAt = Infinity;

  /** From now on `deadline.pass` is called when it has passed, unless it is deleted before. */
  add(deadline: Deadline): void {
    this.#set.add(deadline);
    if (deadline.at < this.#timerAt) this.#arm(deadline.at);
  }

  /** It was kept; the timer stays as it is. */
  delete(deadline: Deadline): void {
    this.#set.delete(deadline);
  }

  /** Forgets them all, and the timer, which would keep a process alive. */
  clear(): void {
    this.#set.clear();
    this.#disarm();
  }

  #arm(at: number): void {
    clearTimeout(this.#timer);
    this.#timerAt = at;
    // Rounded up: a timer has whole milliseconds, and may come before a fraction has passed.
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
    for (const deadline of this.#set) {
      if (deadline.at > now) continue;
      this.#set.delete(deadline);
      deadline.pass();
    }
    let next = Infinity;
    for (const { at } of this.#set) next = Math.min(next, at);
    // What passed may have added some, and armed the timer.
    if (next < this.#timerAt) this.#arm(next);
  }
}
