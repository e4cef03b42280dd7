// Reads which part of the list a request asks for.

import { AppError } from "../../src/errors.ts";
import type { Exchange } from "../../src/http/exchange.ts";

/** The tenants that a page has when the request does not say, and at most. */
export const PAGE = { size: 100, most: 200 } as const;

/** A part of the list, in the order of the schema names. */
export interface PageWanted {
  /** The name before the first one; undefined for the beginning. */
  readonly after: string | undefined;
  readonly limit: number;
}

/**
 * Reads the query of a list.
 * @throws {AppError} VALUE_INVALID
 */
export function parsePage({ after, limit = String(PAGE.size) }: Exchange["query"]): PageWanted {
  if (Array.isArray(after) || Array.isArray(limit)) {
    throw new AppError("VALUE_INVALID", "Cannot list: a parameter comes twice");
  }
  if (after !== undefined && !/^[a-z0-9_]{0,48}$/.test(after)) {
    throw new AppError("VALUE_INVALID", "Cannot list: after is not a schema's name");
  }
  const most = Number(limit);
  if (!/^\d{1,3}$/.test(limit) || most < 1 || most > PAGE.most) {
    const problem = `limit ${JSON.stringify(limit)} is not a whole number from 1 to ${PAGE.most}`;
    throw new AppError("VALUE_INVALID", `Cannot list: ${problem}`);
  }
  return { after, limit: most };
}
