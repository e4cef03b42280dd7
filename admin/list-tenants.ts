// node admin/list-tenants.js: the tenants and their hosts.

import { runVerb } from "./command/command.ts";
import { describeFailure } from "./command/database-error.ts";
import { SHARED } from "./command/options.ts";
import { formatTable } from "./print/table.ts";
import type { Admin } from "./library/contract/contract.ts";
import type { Tenant } from "./library/contract/tenant.ts";
import { withAdmin } from "./library/with-admin.ts";
import { AdminError } from "./registry/admin-error.ts";

await runVerb({
  name: "list-tenants",
  about: "Lists every tenant with its status, version, hosts and settings.",
  operands: [],
  options: { database: SHARED["only-database"] },
  example: "--json",
  async run(call) {
    const only = call.text("database");
    return withAdmin(call, async (admin) => {
      if (admin.databases.length === 1 && only === undefined) {
        const tenants = await admin.listTenants();
        return { lines: tableOf(tenants, []), json: tenants };
      }
      const outcomes = await Promise.all(
        (only === undefined ? admin.databases : [only]).map((name) => listOne(admin, name)),
      );
      const tenants = outcomes.flatMap((one) => one.tenants);
      const failures = outcomes.flatMap((one) => one.failures);
      if (only !== undefined && failures[0] !== undefined) throw failures[0].cause;
      return {
        lines: [
          ...tableOf(tenants, ["DATABASE"]),
          ...failures.map(({ database, error }) => `Failed database "${database}": ${error}`),
        ],
        json: [...tenants, ...failures.map(({ database, error }) => ({ database, error }))],
        status: failures.length > 0 ? 3 : 0,
      };
    });
  },
});

interface Listed {
  readonly tenants: readonly Tenant[];
  readonly failures: readonly {
    readonly database: string;
    readonly error: string;
    readonly cause: AdminError;
  }[];
}

async function listOne(admin: Admin, database: string): Promise<Listed> {
  try {
    return { tenants: await admin.listTenants({ database }), failures: [] };
  } catch (cause) {
    if (!(cause instanceof AdminError) || cause.code === "option_invalid") throw cause;
    return { tenants: [], failures: [{ database, error: describeFailure(cause), cause }] };
  }
}

/** @param places the heading of the column for the database; empty where there is only one */
function tableOf(tenants: readonly Tenant[], places: readonly string[]): readonly string[] {
  const settled = tenants.some(({ settings }) => Object.keys(settings).length > 0);
  const rows = tenants.map(
    ({ schemaName, status, transition, peer, version, migration, hosts, settings, database }) => [
      schemaName,
      ...places.map(() => database ?? ""),
      transition === "moved" ? `moved to ${peer}` : (transition ?? status),
      migration === "" ? String(version) : `${version} ${migration}`,
      hosts.join(" "),
      ...(settled ? [JSON.stringify(settings)] : []),
    ],
  );
  const head = [
    "SCHEMA",
    ...places,
    ...["STATUS", "VERSION", "HOSTS"],
    ...(settled ? ["SETTINGS"] : []),
  ];
  return formatTable(head, rows);
}
