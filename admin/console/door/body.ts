// Reads the body of a change, a small JSON object, and its fields by type.

import type { IncomingMessage } from "node:http";
import { RequestError } from "./request-error.ts";

/** The fields of a body. */
export type Body = Readonly<Record<string, unknown>>;

const MAX_BYTES = 16_384;
const MOST_READ_BYTES = 1_048_576;

/**
 * Reads a body to its end.
 * @throws {RequestError} 413 when it is over 16 KiB, 400 when it is not a JSON object
 */
export async function readBody(incoming: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BYTES) chunks.push(chunk);
    // A client that is still sending may never see the answer, so a body slightly over the limit is read to its end.
    else if (bytes > MOST_READ_BYTES) break;
  }
  if (bytes > MAX_BYTES) {
    throw new RequestError(413, `Cannot read the request: its body is over ${MAX_BYTES} bytes`);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    value = undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new RequestError(400, "Cannot read the request: its body must be a JSON object");
  }
  return value as Body;
}

/**
 * Finds a text; undefined when the body does not have the field.
 * @throws {RequestError} 400 when the field has another type
 */
export function findText(body: Body, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || typeof value === "string") return value;
  throw wrong(name, "a text");
}

/** Returns a text. Throws as {@link findText}, and when the body does not have the field. */
export function requireText(body: Body, name: string): string {
  const value = findText(body, name);
  if (value === undefined) throw wrong(name, "a text");
  return value;
}

/** Finds true or false; undefined when the body does not have the field. Throws as {@link findText}. */
export function findBoolean(body: Body, name: string): boolean | undefined {
  const value = body[name];
  if (value === undefined || typeof value === "boolean") return value;
  throw wrong(name, "true or false");
}

/** Finds a whole number from `min` to `max`; undefined without the field. Throws as {@link findText}. */
export function findInteger(
  body: Body,
  name: string,
  min: number,
  max: number,
): number | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) {
    return value;
  }
  throw wrong(name, `a whole number from ${min} to ${max}`);
}

/** Finds a list of texts; undefined when the body does not have the field. Throws as {@link findText}. */
export function findTexts(body: Body, name: string): readonly string[] | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw wrong(name, "a list of texts");
}

/** Finds an object; undefined when the body does not have the field. Throws as {@link findText}. */
export function findObject(body: Body, name: string): Body | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Body;
  throw wrong(name, "an object");
}

function wrong(name: string, wanted: string): RequestError {
  return new RequestError(400, `Cannot read the request: "${name}" must be ${wanted}`);
}
