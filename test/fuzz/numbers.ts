// The whole numbers that a long run takes from its command line.

import process from "node:process";
import { parseArgs } from "node:util";

/**
 * Reads options that are whole numbers of 1 or more; ends the process with status 2 when they are none.
 * @param fallbacks each option with the number that stands when it is left out
 */
export function readNumbers<N extends string>(
  fallbacks: Readonly<Record<N, number>>,
): Readonly<Record<N, number>> {
  const options = Object.fromEntries(
    Object.keys(fallbacks).map((name) => [name, { type: "string" as const }]),
  );
  try {
    const { values } = parseArgs({ options });
    const read = Object.entries<number>(fallbacks).map(([name, fallback]) => {
      const number = Number(values[name] ?? fallback);
      if (Number.isSafeInteger(number) && number >= 1) return [name, number];
      throw new Error(`Cannot use --${name} ${JSON.stringify(values[name])}: no whole number`);
    });
    return Object.fromEntries(read) as Record<N, number>;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}

/** A seed for a run that was given none. */
export function freshSeed(): number {
  return 1 + Math.floor(Math.random() * (2 ** 31 - 1));
}
