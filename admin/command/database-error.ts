// Texts for errors of PostgreSQL and of the connection to it.

import { commandFor } from "../program/form.ts";
import { isCertificateError } from "../../src/database/wire/failure.ts";
import { AdminError, type AdminErrorCode } from "../registry/admin-error.ts";
import { databaseCode, databaseMessage, sqlState } from "../registry/database-code.ts";
import { databaseOf } from "../registry/connection/marked-client.ts";
import { HOME, variableOf } from "../registry/others.ts";

/** The error when PostgreSQL refuses a command, or cannot be reached. */
export class DatabaseFailure extends AdminError {
  readonly #sqlstate: string | undefined;

  /** @param cause the error of the driver */
  constructor(code: AdminErrorCode, cause: unknown) {
    const database = databaseOf(cause);
    super(describeDatabaseError(cause, database === HOME ? "url" : `databases.${database}`), {
      code,
      cause,
    });
    this.#sqlstate = sqlState(cause);
  }

  override get sqlstate(): string | undefined {
    return this.#sqlstate;
  }
}

/**
 * Describes an error that nobody expected, in one line.
 * @param url what the caller gave the database's URL by; the verbs' variable of the error's database when left out
 */
export function describeDatabaseError(
  error: unknown,
  url: string = variableOf(databaseOf(error)),
): string {
  if (error instanceof DatabaseFailure) return describeDatabaseError(error.cause, url);
  const code = databaseCode(error);
  const message = databaseMessage(error);
  if (isCertificateError(code)) {
    return (
      `Cannot connect to the database: its certificate is not trusted (${code}); check the URL's host, and name ` +
      "the certificate of its authority in the URL (sslrootcert=FILE) or in NODE_EXTRA_CA_CERTS"
    );
  }
  switch (code) {
    case undefined:
      return message.startsWith("Cannot ") ? message : `Cannot finish: ${message}`;
    case "ECONNREFUSED":
    case "ENOTFOUND":
    case "ETIMEDOUT":
    case "ECONNRESET":
      return `Cannot connect to the database: ${code}; check ${url}, and that PostgreSQL is running`;
    case "28P01": // invalid_password
    case "28000": // invalid_authorization_specification
      return `Cannot connect to the database: ${message} (${code}); check ${url}`;
    case "3D000": // invalid_catalog_name
      return `Cannot connect: ${message}; create it with ${commandFor("init-db")} --create${asHome(databaseOf(error))}`;
    case "3F000": // invalid_schema_name
    case "42P01": // undefined_table
    case "42703": // undefined_column: the registry is older than this copy
      return `Cannot read the registry: ${message}; run ${commandFor("init-db")} first`;
    case "42501": // insufficient_privilege
      return `Cannot finish: ${message} (SQLSTATE ${code}); check that ${url} has the admin role`;
    default:
      return `Cannot finish: ${message} (SQLSTATE ${code})`;
  }
}

/**
 * Finds the variable that an error's URL is of.
 * @param env the environment in which a verb ran, where DATABASE_URL may stand for ADMIN_DATABASE_URL
 */
export function urlVariable(
  error: unknown,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const name = variableOf(databaseOf(error));
  const isSet = [name, `${name}_FILE`].some((variable) => env[variable]);
  return name === variableOf(HOME) && !isSet ? "DATABASE_URL" : name;
}

/** Writes an error of the library for a person who runs verbs: with the variable of its database. */
export function describeFailure(error: AdminError): string {
  return error instanceof DatabaseFailure ? describeDatabaseError(error) : error.message;
}

/** Completes the advice to run init-db, which knows home alone, for a database by its name. */
export function asHome(database: string): string {
  return database === HOME
    ? ""
    : `, with the URL of ${variableOf(database)} as ${variableOf(HOME)}`;
}
