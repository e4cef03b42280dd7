// Counts the progress of work in tenants, objects or bytes.

/** A counter of progress. The code that does the work calls it; its owner displays it. */
export interface Meter {
  /** Sets the approximate total. Called once, before the first {@link add}. */
  expect(total: number): void;
  /**
   * Adds finished work.
   * @param failed how much of `count` failed; 0 when left out
   */
  add(count: number, failed?: number): void;
}
