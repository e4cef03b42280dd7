// Reads the driver's error inside an error of Sequelize. Decisions depend on its code, never on a message.

import { AdminError, type AdminErrorCode } from "./admin-error.ts";
import { toOneLine } from "../print/visible.ts";

/** Returns the SQLSTATE or system error code of an error of Sequelize or pg; undefined when it has neither. */
export function databaseCode(error: unknown): string | undefined {
  if (error instanceof AdminError) return error.sqlstate;
  const code: unknown = driverError(error)?.["code"];
  return typeof code === "string" ? code : undefined;
}

/** Returns the SQLSTATE of an error; undefined when it does not come from PostgreSQL. */
export function sqlState(error: unknown): string | undefined {
  return /^[0-9A-Z]{5}$/.exec(databaseCode(error) ?? "")?.[0];
}

// data_exception: `invalid input syntax for type integer: "…"`.
const HOLDS_VALUES = /^22[0-9A-Z]{3}$/;

/**
 * Returns the message of the driver or the database, without Sequelize's text around it, in one line; an AdminError's
 * as it is. Messages of SQLSTATE class 22 contain values of rows, so a fixed text replaces them.
 */
export function databaseMessage(error: unknown): string {
  if (HOLDS_VALUES.test(databaseCode(error) ?? "")) {
    return "a value is invalid; the log of PostgreSQL names it";
  }
  if (error instanceof AdminError) return error.message;
  const message: unknown = driverError(error)?.["message"];
  return toOneLine(typeof message === "string" ? message : String(error), " ");
}

// Class 08 is connection_exception; 57P01 to 57P05 end the session.
const LOST = /^(?:08...|57P0\d|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/;

// pg does not set a code when a connection ends during a query, before the next, or is not made in time.
const LOST_OF_DRIVER =
  /^(?:Connection terminated|Client (?:has encountered a|was closed)|timeout expired)/;

// Sequelize's ConnectionError and those that extend it, by name: this file does not load Sequelize.
const LOST_OF_SEQUELIZE = /^Sequelize(?:\w*Connection\w*|AccessDenied|HostNot\w+)Error$/;

/** Returns whether the connection failed or was lost, so that the same work may succeed on another connection. */
export function isConnectionLost(error: unknown): boolean {
  const code = databaseCode(error);
  if (code !== undefined) return LOST.test(code);
  const name = error instanceof Error ? error.name : "";
  return LOST_OF_SEQUELIZE.test(name) || LOST_OF_DRIVER.test(databaseMessage(error));
}

// invalid_password, invalid_authorization_specification, invalid_catalog_name
const NO_ACCESS = new Set(["28P01", "28000", "3D000"]);

/** Returns the code of any error that the work on a tenant ends with; `refused` when it does not say more. */
export function adminCode(error: unknown): AdminErrorCode {
  if (error instanceof AdminError) return error.code;
  if (isConnectionLost(error) || NO_ACCESS.has(databaseCode(error) ?? "")) {
    return "database_unavailable";
  }
  return sqlState(error) === undefined ? "refused" : "database_error";
}

function driverError(error: unknown): Record<string, unknown> | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { parent } = error as { parent?: unknown };
  return (parent ?? error) as Record<string, unknown>;
}
