// What is done over and over, in an order of chance: each round has everything once.

/** Calls `act` with each item, in rounds of another order each, until the signal or so many rounds. */
export async function inRounds<T>(
  items: readonly T[],
  random: () => number,
  { signal, rounds }: { readonly signal: AbortSignal; readonly rounds: number },
  act: (item: T) => Promise<void>,
): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const bag = [...items];
    while (bag.length > 0) {
      if (signal.aborted) return;
      const [item] = bag.splice(Math.floor(random() * bag.length), 1);
      await act(item as T);
    }
  }
}
