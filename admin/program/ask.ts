// Asks the person at the terminal. Where nobody can answer, nothing is asked.

import { once } from "node:events";
import { createInterface } from "node:readline/promises";

/** The streams of a process. */
export interface Terminal {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/**
 * Asks a question and returns the line that the person typed, "" when they end the input instead.
 * @returns undefined when standard input or output is not a terminal
 */
export async function ask(
  question: string,
  { stdin, stdout }: Terminal,
): Promise<string | undefined> {
  if (stdin.isTTY !== true || stdout.isTTY !== true) return undefined;
  const lines = createInterface({ input: stdin, output: stdout });
  const stopping = new AbortController();
  const { signal } = stopping;
  try {
    const ended = (): string => "";
    // Ctrl-C and Ctrl-D reject the answer. The end of a stream that is not a keyboard only closes the lines.
    const answer = lines.question(question, { signal }).catch(ended);
    return await Promise.race([answer, once(lines, "close", { signal }).then(ended, ended)]);
  } finally {
    stopping.abort();
    lines.close();
  }
}
