// What went wrong beneath an error of Sequelize: judged is always the driver's code, never a message.

/** The SQLSTATE or system error code beneath an error of Sequelize or pg, if it has one. */
export function databaseCode(error: unknown): string | undefined {
  const code: unknown = driverError(error)?.["code"];
  return typeof code === "string" ? code : undefined;
}

/** The SQLSTATE beneath an error, if PostgreSQL gave one. */
export function sqlState(error: unknown): string | undefined {
  return /^[0-9A-Z]{5}$/.exec(databaseCode(error) ?? "")?.[0];
}

// data_exception: `invalid input syntax for type integer: "…"`.
const HOLDS_VALUES = /^22[0-9A-Z]{3}$/;

/**
 * What the driver or the database said, without Sequelize's own words around it. Of SQLSTATE class 22, whose
 * messages hold values of rows, only that.
 */
export function databaseMessage(error: unknown): string {
  if (HOLDS_VALUES.test(databaseCode(error) ?? "")) {
    return "a value is not acceptable; the log of PostgreSQL names it";
  }
  const message: unknown = driverError(error)?.["message"];
  return typeof message === "string" ? message : String(error);
}

// Class 08 is connection_exception; 57P01 to 57P05 end the session.
const LOST = /^(?:08...|57P0\d|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/;

// pg has no code for a connection that ended under a query, or before the next.
const LOST_OF_DRIVER = /^(?:Connection terminated|Client (?:has encountered a|was closed))/;

// Sequelize's ConnectionError and those that extend it, by name: this file does not load Sequelize.
const LOST_OF_SEQUELIZE = /^Sequelize(?:\w*Connection\w*|AccessDenied|HostNot\w+)Error$/;

/** Whether the connection was not to be had or was lost, so that the same may succeed on another. */
export function isConnectionLost(error: unknown): boolean {
  const code = databaseCode(error);
  if (code !== undefined) return LOST.test(code);
  const name = error instanceof Error ? error.name : "";
  return LOST_OF_SEQUELIZE.test(name) || LOST_OF_DRIVER.test(databaseMessage(error));
}

function driverError(error: unknown): Record<string, unknown> | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { parent } = error as { parent?: unknown };
  return (parent ?? error) as Record<string, unknown>;
}
