// The actor: the person or program in whose name a verb changes something.

import { userInfo } from "node:os";

const MOST_CHARACTERS = 100;

/**
 * Reads the name of an actor.
 * @throws {Error} that completes "Cannot read NAME: …"
 */
export function parseActor(text: string): string {
  if (/^[^\p{C}\p{Zl}\p{Zp}]+$/u.test(text) && text.length <= MOST_CHARACTERS) return text;
  throw new Error(`${JSON.stringify(text)} is not 1 to ${MOST_CHARACTERS} printable characters`);
}

/** Returns the name of the process's user; where the system does not know one, its number, such as "uid 1000". */
export function systemActor(): string {
  try {
    return parseActor(userInfo().username);
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
