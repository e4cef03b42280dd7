// Keeps both look-ups of an entry on their indexes. PostgreSQL prefers to read a whole table of a few hundred hosts, whose
// pages are few; each message would then compare each host.

import type { RegistryMigration } from "../registry-migrations.ts";

/** Lets `resolve_host` and `resolve_schema` plan without sequential scans. */
export const up: RegistryMigration = async (sql) => {
  await sql(`alter function rowhouse.resolve_host(text[]) set enable_seqscan = off`);
  await sql(`alter function rowhouse.resolve_schema(text) set enable_seqscan = off`);
};
