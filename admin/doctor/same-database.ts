// Checks that two connections lead to the same database.

import { type Finding, judge } from "./finding.ts";
import type { Probe } from "./probe.ts";

interface Identity {
  readonly name: string;
  readonly oid: string;
  readonly started: string;
  readonly standby: boolean;
  readonly system?: string | undefined;
}

/** Compares the database of the service with that of the verbs. */
export async function examineSameDatabase(
  service: Probe,
  admin: Probe,
): Promise<readonly Finding[]> {
  const [one, other] = [await identify(service), await identify(admin)];
  const same =
    one.oid === other.oid &&
    one.name === other.name &&
    (one.system === undefined || other.system === undefined
      ? one.started === other.started
      : one.system === other.system);
  return [
    judge(
      "database",
      same,
      `both URLs lead to "${one.name}"`,
      "unsafe",
      `the service is in "${one.name}" and the verbs are in "${other.name}", or on another server`,
      "let both URLs lead to the same database",
    ),
    judge(
      "database",
      !one.standby && !other.standby,
      "it accepts writes",
      "warn",
      "it is a standby, and does not accept writes",
      "let both URLs lead to the primary",
    ),
  ];
}

async function identify(probe: Probe): Promise<Identity> {
  const [identity] = await probe.query<Identity>(
    `select d.datname as name, d.oid::text as oid, pg_catalog.pg_is_in_recovery() as standby,
       extract(epoch from pg_catalog.pg_postmaster_start_time())::text as started
       from pg_catalog.pg_database as d where d.datname = current_database()`,
  );
  if (identity === undefined) throw new Error("Cannot read database: it has no name");
  const read = "select system_identifier::text as system from pg_catalog.pg_control_system()";
  // Only some roles may call this function.
  if ((await probe.failure(read)) !== undefined) return identity;
  const [row] = await probe.query<{ system: string }>(read);
  return { ...identity, system: row?.system };
}
