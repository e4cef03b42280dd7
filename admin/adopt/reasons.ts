// Why a schema is refused, and what a person should know of one that is adopted, in words.

import { quoteName } from "../../src/sql/quote-name.ts";
import type { SchemaFacts } from "./facts.ts";
import type { TenantMigrations } from "../migrations/ordered.ts";
import { describeVersion } from "../migrations/changes.ts";
import type { FoundVersion } from "./versions.ts";

/** The reason for a schema that the database does not have. */
export const MISSING = "its schema does not exist; correct the name, or leave it out";

/** The reason for a schema without a host. */
export const HOSTLESS = "it does not have a host; name one with --host";

/** The note of a tenant that another database has already. */
export const POINTED =
  "its database has it as a tenant already; home gets its name and hosts, nothing else changes";

/**
 * Describes what keeps a schema from being adopted, with what to do.
 * @param admin the admin role's name
 * @param service the service role's name
 */
export function describeProblems(
  { schemaName, closed, others, owner, extensions, hasRole }: SchemaFacts,
  admin: string,
  service: string,
  rolePrefix: string,
): readonly string[] {
  const problems = closed.map(
    (role) =>
      `role "${role}" owns it or objects in it, and role "${admin}" may not grant for it; ` +
      `run grant ${quoteName(role)} to ${quoteName(admin)}`,
  );
  if (closed.length === 0 && others.length > 0) {
    problems.push(
      `the schema belongs to "${owner}" and objects in it to "${others.join('", "')}"; give all to one role, ` +
        `as with alter schema "${schemaName}" owner to ${quoteName(others[0] ?? owner)}`,
    );
  }
  if (owner === service || others.includes(service)) {
    problems.push(
      `the service role "${service}" owns it or objects in it, and could read them without entering the tenant; ` +
        "give them to another role",
    );
  }
  for (const extension of extensions) {
    problems.push(
      `extension "${extension}" is installed in it; move it to a schema that all tenants share, with ` +
        `alter extension ${quoteName(extension)} set schema NAME`,
    );
  }
  if (hasRole) {
    problems.push(`role "${rolePrefix}${schemaName}" exists without a tenant; drop it first`);
  }
  return problems;
}

/**
 * Describes why the version of a schema is unknown; undefined when it is known.
 * @param fit undefined when it could not be compared
 * @param isGiven whether the operator has named the version
 */
export function describeMisfit(
  fit: FoundVersion | undefined,
  isGiven: boolean,
  migrations: TenantMigrations,
): string | undefined {
  if (fit === undefined) return "another session has locked its tables; run again";
  const [first, ...others] = fit.differences;
  if (first === undefined || isGiven) return undefined;
  const more = others.length > 0 ? `, and ${others.length} more` : "";
  const nearest = describeVersion(migrations, fit.version);
  return (
    `it fits no version of the migrations; version ${nearest} is the nearest: ${first}${more}; correct the migrations or ` +
    "the schema, or name the version with --version"
  );
}

/**
 * Describes what the adoption leaves as it is.
 * @param dependents tables and views outside that depend on the schema
 */
export function describeNotes(
  { isPublic, publicObjects }: SchemaFacts,
  dependents: readonly string[],
): readonly string[] {
  const open = [
    ...(isPublic ? ["on the schema"] : []),
    ...(publicObjects > 0 ? [`on ${publicObjects} of its tables and sequences`] : []),
  ];
  return [
    ...(open.length > 0
      ? [`PUBLIC, and so every tenant, has privileges ${open.join(" and ")}; revoke them`]
      : []),
    ...dependents.map(
      (name) => `${name} outside depends on it, and will keep it from being dropped`,
    ),
  ];
}
