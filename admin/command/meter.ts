// How far a transfer has come.

/** Told of by whoever copies rows; its owner shows it. */
export interface Meter {
  /** Called once, before the first row: about how much there is, as COPY text. */
  expect(bytes: number): void;
  /** Called for each piece that has been copied. */
  add(bytes: number): void;
}
