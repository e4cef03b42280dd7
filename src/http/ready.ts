// The answer to a platform that asks whether to send requests. Another database than home may be down: the tenants of the
// others are served, so the service stays ready and names it.

import type { Database } from "../database/database.ts";
import { HOME } from "../database/routes/names.ts";
import { AppError } from "../errors.ts";
import { type Exchange, ServedExchange } from "./exchange.ts";

// Less than the second after which Kubernetes counts a check as failed.
const PATIENCE_MS = 500;

/** The answer of {@link ready}. */
export interface Readiness {
  readonly status: "ready";
  /** With several databases: whether each answered within half a second, home among them. */
  readonly databases?: Readonly<Record<string, "ready" | "unavailable">>;
}

/**
 * Handles a route that reports whether the database answers, such as `/readyz`, on any host. Of several databases it
 * reports each; the service is ready when home answers.
 * @throws {AppError} OVERLOADED, DATABASE_UNAVAILABLE
 * @example
 * ```ts
 * import { Router } from "itty-router";
 * import { type Exchange, ready } from "rowhouse";
 *
 * export const router = Router<Exchange>().get("/readyz", ready);
 * ```
 */
export async function ready(exchange: Exchange): Promise<Readiness> {
  const { database, visit, request } = ServedExchange.stagesOf(exchange);
  visit.admit();
  const asked = Array.from(database.others ?? [], async ([name, other]) => {
    return [name, (await answers(other)) ? "ready" : "unavailable"] as const;
  });
  const home = await ask(database, request.signal).catch((error: unknown) => ({ error }));
  const others = await Promise.all(asked);
  if (home !== undefined) throw describe(home.error, others);
  if (others.length === 0) return { status: "ready" };
  return { status: "ready", databases: { [HOME]: "ready", ...Object.fromEntries(others) } };
}

async function ask(database: Database, signal: AbortSignal): Promise<undefined> {
  await database.send({ statements: ["select 1"], signal });
}

function answers(database: Database): Promise<boolean> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const late = new Promise<boolean>((resolve) => {
    signal.addEventListener("abort", () => resolve(false));
  });
  const inTime = ask(database, signal).then(
    () => true,
    () => false,
  );
  return Promise.race([inTime, late]);
}

/** Names every database that is not ready, where there are several. */
function describe(error: unknown, others: readonly (readonly [string, string])[]): unknown {
  if (others.length === 0 || !(error instanceof AppError)) return error;
  const down = others.filter(([, state]) => state !== "ready").map(([name]) => name);
  const names = [HOME, ...down].map((name) => `"${name}"`).join(", ");
  const { cause, definition } = error;
  return new AppError(definition, `Cannot serve: not ready is ${names}`, { cause });
}
