// What a person is told of an error of PostgreSQL or of the way to it. Sequelize wraps the driver's
// error; judged is always the SQLSTATE underneath, never a message.

/** The SQLSTATE or system error code beneath an error of Sequelize or pg, if it has one. */
export function databaseCode(error: unknown): string | undefined {
  const code: unknown = driverError(error)?.["code"];
  return typeof code === "string" ? code : undefined;
}

/** One line for an error that no verb expected. */
export function describeDatabaseError(error: unknown): string {
  const code = databaseCode(error);
  const message = error instanceof Error ? error.message : String(error);
  switch (code) {
    case undefined:
      return `Cannot finish: ${message}`;
    case "ECONNREFUSED":
    case "ENOTFOUND":
    case "ETIMEDOUT":
    case "ECONNRESET":
      return `Cannot connect to the database: ${code}; check ADMIN_DATABASE_URL, and that it runs`;
    case "28P01": // invalid_password
    case "28000": // invalid_authorization_specification
      return `Cannot connect to the database: ${message} (${code}); check ADMIN_DATABASE_URL`;
    case "3D000": // invalid_catalog_name
      return `Cannot connect: ${message}; create it with node admin/init-db.js --create`;
    case "3F000": // invalid_schema_name
    case "42P01": // undefined_table
      return `Cannot read the registry: ${message}; run node admin/init-db.js first`;
    default:
      return `Cannot finish: ${message} (SQLSTATE ${code})`;
  }
}

function driverError(error: unknown): Record<string, unknown> | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { parent } = error as { parent?: unknown };
  return (parent ?? error) as Record<string, unknown>;
}
