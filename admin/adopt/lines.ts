// A plan of an adoption as lines for a person.

import { SEQUENCE_PRIVILEGES, TABLE_PRIVILEGES } from "../registry/roles/tenant-grants.ts";
import { formatCount } from "../print/count.ts";
import type { TenantMigrations } from "../migrations/ordered.ts";
import type { AdoptableTenant, AdoptionPlan, RefusedTenant } from "./plan.ts";
import { describeVersion } from "../migrations/changes.ts";

const MOST_NAMES = 5;

/** Writes what would become of one schema. */
export function describeAdoptable(
  { schemaName, hosts, version, owner, tables, sequences }: AdoptableTenant,
  migrations: TenantMigrations,
): string {
  const parts = `${formatCount(tables, "table")}, ${formatCount(sequences, "sequence")}`;
  return (
    `${schemaName}: version ${describeVersion(migrations, version)}, at ${hosts.join(", ")}; ` +
    `${parts}; owner ${owner}`
  );
}

/** Writes why a line is refused, a line for each reason. */
export function describeRefused({ line, schemaName, reasons }: RefusedTenant): string {
  const place = schemaName === undefined ? `line ${line}` : `line ${line}, ${schemaName}`;
  return reasons.map((reason) => `Refused ${place}: ${reason}`).join("\n");
}

/** Writes what each adopted schema gets. */
export function describeGrants({ creation }: AdoptionPlan): string {
  const { tenantRoles, serviceRole } = creation.installation;
  const role = tenantRoles
    ? `Each gets a role, ${creation.rolePrefix}SCHEMA, that the service role "${serviceRole}" may become, with`
    : `The service role "${serviceRole}" gets`;
  return (
    `${role} usage on the schema, ${TABLE_PRIVILEGES.join(", ")} on its tables and ` +
    `${SEQUENCE_PRIVILEGES.join(", ")} on its sequences, now and later; owners, rows and all other grants stay`
  );
}

/** Writes the notes, each once with the schemas that it is about. */
export function describeNotices(
  { adoptable, alike }: AdoptionPlan,
  migrations: TenantMigrations,
): readonly string[] {
  const schemas = new Map<string, string[]>();
  for (const { schemaName, notes } of adoptable) {
    for (const note of notes) {
      const known = schemas.get(note);
      if (known) known.push(schemaName);
      else schemas.set(note, [schemaName]);
    }
  }
  return [
    ...alike.map(
      ({ version, older }) =>
        `Note: version ${describeVersion(migrations, version)} has the same tables as version ${older}: where it did ` +
        `not run, say --version ${older}`,
    ),
    ...[...schemas].map(([note, names]) => `Note for ${listNames(names)}: ${note}`),
  ];
}

function listNames(names: readonly string[]): string {
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "";
  return `${names.slice(0, MOST_NAMES).join(", ")}${more}`;
}
