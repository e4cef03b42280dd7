// Who changed what in the registry, and when. The verbs write an event in the transaction of the change.

import type { RegistryMigration } from "../registry-migrations.ts";

/** Creates the table `event`, and adds the column `actor` to `migration_run`, which records each tenant's migrations. */
export const up: RegistryMigration = async (sql) => {
  // An event outlives its tenant, so there is no foreign key. `at` is not the beginning of the transaction, since an
  // import may take an hour.
  await sql(`
    create table rowhouse.event (
      id bigint generated always as identity primary key,
      at timestamptz not null default clock_timestamp(),
      actor text not null check (length(actor) between 1 and 200),
      verb text not null,
      schema_name text,
      details jsonb not null check (jsonb_typeof(details) = 'object')
    )`);
  await sql(`revoke all on rowhouse.event from public`);
  await sql(`create index event_time on rowhouse.event (at)`);
  await sql(`create index event_tenant on rowhouse.event (schema_name, at)`);
  await sql(`
    create index event_renamed on rowhouse.event ((details #>> '{schemaName,before}'))
      where verb = 'rename-tenant'`);
  await sql(`alter table rowhouse.migration_run add column actor text`);
};
