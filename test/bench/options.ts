// The benchmark's options, from the command line.

import { parseArgs } from "node:util";

/** What to measure, how long, how often and how hard; and where the report goes. */
export interface Options {
  /** Everything once and short: two minutes at most, the build of a new clone included. */
  readonly quick: boolean;
  /** Length of one round of one system. */
  readonly seconds: number;
  readonly rounds: number;
  /** Connections that send at once. */
  readonly clients: number;
  /** Names of the parts that run, in their usual order. */
  readonly only: readonly string[];
  /** The folder of the report; undefined: test/bench/results, or with {@link quick} a temporary one. */
  readonly out: string | undefined;
}

/** Thrown for options that are wrong; the message says what to type instead. */
export class UsageError extends Error {}

/** What `--help` prints, with the names of the parts. */
export function usage(parts: readonly string[]): string {
  return `Usage: npm run bench -- [--quick] [--only PART,PART] [--seconds N] [--rounds N] [--clients N]
                      [--out FOLDER]

Measures Rowhouse and others side by side and writes, for each part, a page, its figures and charts.

  --quick       everything once and short: two minutes at most
  --only PARTS  some parts alone: ${parts.join(", ")}
  --seconds N   length of a round for each system, 2 when left out (--quick: 1)
  --rounds N    rounds, 5 when left out (--quick: 1)
  --clients N   connections that send at once, 32 when left out
  --out FOLDER  where the report goes, made when missing; when left out, test/bench/results, and the tables of the
                pages are renewed (--quick: a temporary folder)
`;
}

/**
 * Reads the options.
 * @param parts the names of all parts, in the order in which they run
 * @returns undefined when help was asked for
 * @throws {UsageError}
 */
export function parseOptions(
  args: readonly string[],
  parts: readonly string[],
): Options | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  const { quick, out } = values;
  const number = (name: "seconds" | "rounds" | "clients", fallback: number, max: number) => {
    const text = values[name] ?? String(fallback);
    const found = Number(text);
    if (Number.isInteger(found) && found >= 1 && found <= max) return found;
    throw new UsageError(`Cannot use --${name} "${text}": it must be 1 to ${max}`);
  };
  return {
    quick,
    out,
    seconds: number("seconds", quick ? 1 : 2, 3600),
    rounds: number("rounds", quick ? 1 : 5, 1000),
    clients: number("clients", 32, 256),
    only: parseOnly(values.only, parts),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: "boolean", default: false },
        out: { type: "string" },
        only: { type: "string" },
        seconds: { type: "string" },
        rounds: { type: "string" },
        clients: { type: "string" },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function parseOnly(text: string | undefined, parts: readonly string[]): readonly string[] {
  if (text === undefined) return parts;
  const wanted = text.split(",");
  const unknown = wanted.find((name) => !parts.includes(name));
  if (unknown === undefined) return parts.filter((name) => wanted.includes(name));
  throw new UsageError(`Cannot use --only "${unknown}": the parts are ${parts.join(", ")}`);
}
