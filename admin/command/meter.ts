// How far work has come, in whatever it counts: tenants, objects, bytes.

/** Told by the code that does the work; its owner shows it. */
export interface Meter {
  /** Called once, before the first piece: about how much there is. */
  expect(total: number): void;
  /**
   * Called for each piece that is done.
   * @param failed how much of it failed; 0 when left out
   */
  add(count: number, failed?: number): void;
}
