// The benchmark's options, from the command line.

import process from "node:process";
import { parseArgs } from "node:util";

const USAGE = `Usage: node test/bench/requests.js [--seconds N] [--rounds N] [--clients N]

  --seconds N   length of a round for each system, 4 when left out
  --rounds N    rounds, 3 when left out
  --clients N   connections that send at once, 32 when left out
`;

/** How long, how often and how hard. */
export interface Options {
  /** Length of one round of one system. */
  readonly seconds: number;
  readonly rounds: number;
  /** Connections that send at once. */
  readonly clients: number;
}

/** Reads them; prints the usage and ends the process when asked to, or when they are wrong. */
export function readOptions(): Options {
  try {
    const { values } = parseArgs({
      options: {
        seconds: { type: "string", default: "4" },
        rounds: { type: "string", default: "3" },
        clients: { type: "string", default: "32" },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      process.exit(0);
    }
    const number = (name: keyof Options, max: number): number => {
      const found = Number(values[name]);
      if (Number.isInteger(found) && found >= 1 && found <= max) return found;
      throw new Error(`Cannot use --${name} "${values[name]}": it must be 1 to ${max}`);
    };
    return {
      seconds: number("seconds", 3600),
      rounds: number("rounds", 1000),
      clients: number("clients", 256),
    };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    process.exit(2);
  }
}
