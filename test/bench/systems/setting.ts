// What the programs under measurement are told, by their environment: DATABASE_URL, PORT, HOSTS (JSON, host
// to schema). Rowhouse asks its registry for the tenant with each request; the others have it in memory.

import process from "node:process";

/** Connections to the database: as many as PgBouncer opens for one role. Rowhouse has its default, a bound. */
export const CONNECTIONS = 16;

/** Where the database is. */
export const databaseUrl: string = process.env["DATABASE_URL"] ?? "";

/** The TCP port to listen on, on 127.0.0.1. */
export const port: number = Number(process.env["PORT"]);

const schemas = new Map(
  Object.entries(JSON.parse(process.env["HOSTS"] ?? "{}") as Record<string, string>),
);

/** The schema of the tenant that has a host; undefined when none has. */
export function findSchema(host: string | undefined | null): string | undefined {
  return schemas.get(host ?? "");
}

/** One row of a tenant's table. */
export interface Pair {
  readonly key: number;
  readonly value: number;
}
