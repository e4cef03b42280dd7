// The errors of a tenant whose database cannot be found. The log names the database; a client does not read its name.

import { AppError } from "../../errors.ts";
import { DATABASE_NAME } from "./names.ts";

/** Why a route did not reach the tenant, as the log shows it. */
class RouteFailure extends Error {
  override readonly name = "RouteFailure";
  /** "unconfigured": the service has no URL of the database; "loop": the pointers of the registries do not end. */
  readonly kind: "unconfigured" | "loop";
  /** The database that the last registry named. */
  readonly database: string;

  constructor(kind: RouteFailure["kind"], database: string) {
    super(`Cannot reach the tenant: ${kind}`);
    this.kind = kind;
    this.database = database;
  }
}

/** The database that an entry named with RH301. */
export function namedDatabase(error: unknown): string {
  const name: unknown = Reflect.get(Object(error), "detail");
  return typeof name === "string" && DATABASE_NAME.test(name) ? name : "";
}

/** The error for a tenant in a database whose URL the service does not have. */
export function unconfigured(database: string): AppError {
  const cause = new RouteFailure("unconfigured", database);
  const problem = "the service does not know its database";
  return new AppError("DATABASE_UNAVAILABLE", `Cannot reach the tenant: ${problem}`, { cause });
}

/** The error for pointers that lead from database to database. */
export function endless(database: string): AppError {
  const cause = new RouteFailure("loop", database);
  const problem = "the registries send it from one database to the next";
  return new AppError("DATABASE_UNAVAILABLE", `Cannot reach the tenant: ${problem}`, { cause });
}
