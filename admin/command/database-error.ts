// Texts for errors of PostgreSQL and of the connection to it.

import { commandFor } from "../program/form.ts";
import { isCertificateError } from "../../src/database/wire/failure.ts";
import { databaseCode, databaseMessage } from "../registry/database-code.ts";

/** Describes an error that the verb did not expect, in one line. */
export function describeDatabaseError(error: unknown): string {
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
      return `Cannot connect to the database: ${code}; check ADMIN_DATABASE_URL, and that PostgreSQL is running`;
    case "28P01": // invalid_password
    case "28000": // invalid_authorization_specification
      return `Cannot connect to the database: ${message} (${code}); check ADMIN_DATABASE_URL`;
    case "3D000": // invalid_catalog_name
      return `Cannot connect: ${message}; create it with ${commandFor("init-db")} --create`;
    case "3F000": // invalid_schema_name
    case "42P01": // undefined_table
    case "42703": // undefined_column: the registry is older than this copy
      return `Cannot read the registry: ${message}; run ${commandFor("init-db")} first`;
    default:
      return `Cannot finish: ${message} (SQLSTATE ${code})`;
  }
}
