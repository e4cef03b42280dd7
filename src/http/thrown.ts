// Turns a thrown value into the error that a client sees. PostgreSQL's SQLSTATE decides, never a message, a detail
// or a constraint's name, because they hold values. An unknown error becomes INTERNAL.

import { refusalState } from "../database/refusal.ts";
import { namedDatabase, unconfigured } from "../database/routes/route-failure.ts";
import { AppError, type ErrorCode, sqlState } from "../errors.ts";
import { isLostRole } from "../renamed.ts";

// The states of the entry. A tenant's own function may raise them, too; then they say nothing of the tenant.
const CODE_OF_REFUSAL: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  RH404: [
    "TENANT_NOT_FOUND",
    "Cannot resolve tenant: no tenant has the name that the request gives",
  ],
  RH403: ["TENANT_SUSPENDED", "Cannot enter tenant: it is suspended"],
};

const CODE_OF_STATE: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  // read_only_sql_transaction
  "25006": ["TENANT_READ_ONLY", "Cannot write: the tenant is read-only"],
  // query_canceled
  "57014": ["STATEMENT_TIMEOUT", "Cannot finish: a statement exceeded the tenant's timeout"],
  // lock_not_available
  "55P03": ["STATEMENT_TIMEOUT", "Cannot finish: another transaction held a lock for too long"],
  // serialization_failure, deadlock_detected: everything is undone, and the same request may succeed
  "40001": ["OVERLOADED", "Cannot finish: another transaction conflicts; nothing was changed"],
  "40P01": ["OVERLOADED", "Cannot finish: another transaction conflicts; nothing was changed"],
};

const CODE_OF_CLASS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  // data_exception: numeric_value_out_of_range, invalid_text_representation, …
  "22": ["VALUE_INVALID", "Cannot use value: it does not fit the type of its column"],
  // connection_exception
  "08": ["DATABASE_UNAVAILABLE", "Cannot reach the database: the connection was refused or lost"],
  // insufficient_resources: too_many_connections, out_of_memory, disk_full
  "53": ["DATABASE_UNAVAILABLE", "Cannot use the database: it is out of resources"],
  // operator_intervention: admin_shutdown, crash_shutdown, cannot_connect_now, database_dropped
  "57": ["DATABASE_UNAVAILABLE", "Cannot use the database: it is shutting down or starting"],
};

const LOST_ROLE = [
  "OVERLOADED",
  "Cannot enter tenant: it changed at the same moment; nothing was done",
] as const;

const LOST_COMMIT = [
  "DATABASE_UNAVAILABLE",
  "Cannot tell whether the change was made: a node of the database did not confirm its commit",
] as const;

/**
 * Whether Citus did not learn how the commit on a worker ended. It raises internal_error, which also means other
 * failures, so the routine decides: it runs after the workers were asked to commit, and nowhere else.
 * https://github.com/citusdata/citus/blob/main/src/backend/distributed/connection/placement_connection.c
 */
function isLostCommit(error: unknown): boolean {
  return (
    sqlState(error) === "XX000" && routineOf(error) === "ErrorIfPostCommitFailedShardPlacements"
  );
}

/** The function of the server that raised an error. */
function routineOf(error: unknown): unknown {
  return Reflect.get(Object(error), "routine");
}

/** The database's error in Drizzle's, whose message holds the SQL and the values: they must not reach the log. */
function unwrap(thrown: unknown): unknown {
  const isOfQuery =
    thrown instanceof Error && "cause" in thrown && "query" in thrown && "params" in thrown;
  return isOfQuery ? thrown.cause : thrown;
}

/**
 * Turns any thrown value into the error that the client sees, and keeps the thrown value as `cause`.
 * @returns an AppError unchanged; the error of a known SQLSTATE, with outcome unknown when a commit's answer was lost
 *   inside a Citus cluster; INTERNAL for everything else
 * @example
 * ```ts
 * import { type Tenant, toAppError } from "rowhouse";
 *
 * export async function checkTenant(tenant: Tenant): Promise<string> {
 *   try {
 *     await tenant`select 1`;
 *     return "ok";
 *   } catch (error) {
 *     return toAppError(error).code;
 *   }
 * }
 * ```
 */
export function toAppError(thrown: unknown): AppError {
  const error = unwrap(thrown);
  if (error instanceof AppError) return error;
  const [state, refusal] = [sqlState(error), refusalState(error)];
  if (refusal === "RH301") return unconfigured(namedDatabase(error));
  if (isLostRole(error)) return new AppError(...LOST_ROLE, { cause: error });
  if (isLostCommit(error))
    return new AppError(...LOST_COMMIT, { cause: error, outcome: "unknown" });
  const [code, message] = (refusal !== undefined && CODE_OF_REFUSAL[refusal]) ||
    (state !== undefined && (CODE_OF_STATE[state] ?? CODE_OF_CLASS[state.slice(0, 2)])) || [
      "INTERNAL" as const,
      "Cannot answer: the service failed",
    ];
  return new AppError(code, message, { cause: error });
}
