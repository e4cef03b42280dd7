// Records of the verbs about a tenant: its transition, and the outcome of every migration.

import type { RegistryMigration } from "../registry-migrations.ts";

/** Adds the columns of a transition to `tenant`, and the table `migration_run`. */
export const up: RegistryMigration = async (sql) => {
  // While `transition` is set, only the verb that can finish it may change the tenant.
  await sql(`
    alter table rowhouse.tenant
      add column transition text check (transition in ('dropping', 'moving', 'moved', 'arriving')),
      add column peer text,
      add column transfer_id uuid,
      add column status_before text
        check (status_before in ('active', 'read_only', 'suspended'))`);
  await sql(`
    create table rowhouse.migration_run (
      id bigint generated always as identity primary key,
      run_id uuid not null,
      schema_name text not null,
      from_version integer not null,
      to_version integer not null,
      outcome text not null check (outcome in ('migrated', 'failed')),
      ms integer not null,
      sqlstate text,
      message text,
      finished_at timestamptz not null default now()
    )`);
  await sql(`create index migration_run_tenant on rowhouse.migration_run (schema_name, id)`);
};
