// Reads an ErrorResponse from its bytes: postgres.js 3.4.9 drops one without a ReadyForQuery behind it, and that is
// every FATAL during a message.
// https://www.postgresql.org/docs/current/protocol-error-fields.html

import type { ErrorFields } from "./failure.ts";

const NAMES = {
  S: "severity_local",
  V: "severity",
  C: "code",
  M: "message",
} as const satisfies Readonly<Record<string, keyof ErrorFields>>;
const utf8 = new TextDecoder();

/**
 * Reads an ErrorResponse.
 * @param body the message without its type and its length
 * @returns the fields that {@link judgeFailure} reads, without those that may hold values
 */
export function readErrorResponse(body: Uint8Array): ErrorFields {
  const fields: Record<string, string> = { name: "PostgresError" };
  for (let at = 0; at < body.length && body[at] !== 0;) {
    const end = body.indexOf(0, at);
    const type = String.fromCharCode(body[at] ?? 0);
    const stop = end < 0 ? body.length : end;
    if (isKnown(type)) fields[NAMES[type]] = utf8.decode(body.subarray(at + 1, stop));
    at = stop + 1;
  }
  return fields;
}

function isKnown(type: string): type is keyof typeof NAMES {
  return Object.hasOwn(NAMES, type);
}
