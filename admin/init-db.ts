// node admin/init-db.js: makes a database ready for tenants.

import { WITH_ROLES, WITHOUT_ROLES } from "./citus/roles.ts";
import { commandFor } from "./program/form.ts";
import { runVerb } from "./command/command.ts";
import { UsageError } from "./command/usage-error.ts";
import type { InitialisedDatabase } from "./library/contract/installation.ts";
import { withAdmin } from "./library/with-admin.ts";
import { formatCount } from "./print/count.ts";

await runVerb({
  name: "init-db",
  about:
    "Creates the registry, the service role and the privileges that isolate the tenants. " +
    "A second run migrates the registry to the newest version and changes nothing else.",
  operands: [],
  options: {
    create: { type: "boolean", about: "Create the database if it does not exist" },
    "service-role": {
      type: "string",
      value: "NAME",
      about: "The role that the service connects as; rowhouse_service when left out",
    },
    "no-tenant-roles": {
      type: "boolean",
      about:
        "Do not create a role per tenant: weaker isolation, for an admin role without CREATEROLE",
    },
    "tenant-roles": {
      type: "boolean",
      about: "Create a role per tenant: the rule on PostgreSQL, and to be asked for on Citus",
    },
    "shared-schema": {
      type: "string",
      multiple: true,
      value: "NAME",
      about:
        "A schema of extensions or reference tables, behind each tenant's own in the search_path; created if missing",
    },
    "no-shared-schema": {
      type: "string",
      multiple: true,
      value: "NAME",
      about: "Take a schema out of the shared ones",
    },
  },
  example: "--create --service-role app_service",
  async run(call) {
    const [withRoles, withoutRoles] = [call.has("tenant-roles"), call.has("no-tenant-roles")];
    if (withRoles && withoutRoles) {
      throw new UsageError(
        "--tenant-roles and --no-tenant-roles contradict each other; give one of them",
      );
    }
    const done = await withAdmin(call, (admin) =>
      admin.initialise({
        create: call.has("create"),
        serviceRole: call.text("service-role"),
        tenantRoles: withRoles ? true : withoutRoles ? false : undefined,
        share: call.texts("shared-schema"),
        unshare: call.texts("no-shared-schema"),
      }),
    );
    const lines = [
      `${done.created ? "Created and initialised" : "Initialised"} the database: service role ` +
        `"${done.serviceRole}", registry ${done.migrations.length > 0 ? `migrated (${done.migrations.join(", ")})` : "up to date"}`,
    ];
    if (done.createdRole) {
      lines.push(
        `Role "${done.serviceRole}" has no password: set a password with ALTER ROLE … PASSWORD, and put it into DATABASE_URL`,
      );
    }
    if (done.citus) lines.push(done.tenantRoles ? WITH_ROLES : WITHOUT_ROLES);
    if (!done.tenantRoles) {
      lines.push(
        "Without tenant roles, PostgreSQL does not refuse SQL that names another tenant's schema",
      );
    }
    if (!done.setConfigRevoked) {
      lines.push(
        "The admin role is not a superuser and could not revoke set_config and UPDATE on pg_settings from PUBLIC; " +
          "only the service, not PostgreSQL, refuses tenant SQL that uses them",
      );
    }
    if (done.openFunctions.length > 0) {
      lines.push(
        `Tenants may execute ${formatCount(done.openFunctions.length, "function")} that run text or leave ` +
          `something in the session; ${commandFor("doctor")} names them`,
      );
    }
    lines.push(...describeShared(done));
    return { lines, json: done };
  },
});

function describeShared({ sharedSchemas, opened }: InitialisedDatabase): readonly string[] {
  if (sharedSchemas.length === 0) return [];
  const { created, tables, revoked, unreadable } = opened;
  const lines = [`Shared schemas, behind each tenant's own: ${sharedSchemas.join(", ")}`];
  const say = (names: readonly string[], text: string): void => {
    if (names.length > 0) lines.push(`${text}: ${names.join(", ")}`);
  };
  say(created, "Created");
  say(tables, "Every role of the database may now read");
  say(revoked, "Revoked, since tenants must not change what others see");
  say(unreadable, "Tenants may not read these, until their owner grants select on them to public");
  return lines;
}
