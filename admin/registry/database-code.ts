// What went wrong beneath an error of Sequelize: judged is always the driver's code, never a message.

/** The SQLSTATE or system error code beneath an error of Sequelize or pg, if it has one. */
export function databaseCode(error: unknown): string | undefined {
  const code: unknown = driverError(error)?.["code"];
  return typeof code === "string" ? code : undefined;
}

function driverError(error: unknown): Record<string, unknown> | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { parent } = error as { parent?: unknown };
  return (parent ?? error) as Record<string, unknown>;
}
