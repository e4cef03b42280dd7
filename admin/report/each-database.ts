// Runs a verb over all databases that are configured. With one, it is the verb as ever. With several, each has its
// heading, and --json names the database of every item. A database that fails is reported, and does not stop the others.

import { describeFailure } from "../command/database-error.ts";
import type { Call, Report } from "../command/verb.ts";
import type { Admin } from "../library/contract/contract.ts";
import { AdminError } from "../registry/admin-error.ts";
import { itemsOf, matchingItems, nothingMatches } from "../registry/tenants/pattern.ts";

/** The part of the work that one database has. */
export interface DatabaseShare {
  /** Its name; undefined where only one is configured. */
  readonly database: string | undefined;
  /** The part of the list of tenants that is there. */
  readonly tenants: string | undefined;
}

/** What a verb wants of the databases. */
export interface Scope {
  /** The only database; all of them when undefined. */
  readonly only: string | undefined;
  /** Names and patterns; all tenants when undefined. */
  readonly tenants?: string | undefined;
}

type Part = Readonly<Record<string, unknown>>;

/**
 * Runs `work` for one database after the other.
 * @param work receives a call that marks what it prints
 * @throws {AdminError} when an item of the list matches nothing anywhere, or the only database fails
 */
export async function reportEach<C extends Pick<Call, "print" | "interruption">>(
  call: C,
  admin: Admin,
  { only, tenants }: Scope,
  work: (call: C, share: DatabaseShare) => Promise<Report>,
): Promise<Report> {
  if (admin.databases.length === 1 && only === undefined) {
    return work(call, { database: undefined, tenants });
  }
  const names = only === undefined ? admin.databases : [only];
  const { shares, failures } = await share(admin, names, tenants);
  let signal: AbortSignal | undefined;
  const reports: { readonly name: string; readonly report: Report }[] = [];
  for (const one of shares) {
    const name = one.database;
    const marked = {
      ...call,
      print: (line: string | undefined, json: unknown) => call.print(line, mark(name, json)),
      interruption: () => (signal ??= call.interruption()),
    };
    if (signal?.aborted) break;
    call.print(`Database ${name}:`, undefined);
    try {
      const report = await work(marked, one);
      reports.push({ name, report });
      if (report.lines.length > 0) call.print(report.lines.join("\n"), undefined);
    } catch (error) {
      failures.set(name, failureOf(error));
    }
  }
  const [failed] = failures.values();
  if (reports.length === 0 && failed !== undefined) throw failed;
  return {
    lines: [...failures].map(
      ([name, error]) => `Failed database "${name}": ${describeFailure(error)}`,
    ),
    json: {
      databases: [
        ...reports.map(({ name, report }) => mark(name, report.json)),
        ...[...failures].map(([database, error]) => ({
          database,
          error: describeFailure(error),
          code: error.code,
        })),
      ],
    },
    status: statusOf(reports, failures.size),
  };
}

/** Gives each database the items of the list that match a tenant there; one without any has nothing to do. */
async function share(
  admin: Admin,
  names: readonly string[],
  list: string | undefined,
): Promise<{
  readonly shares: readonly (DatabaseShare & { readonly database: string })[];
  readonly failures: Map<string, AdminError>;
}> {
  const failures = new Map<string, AdminError>();
  if (list === undefined) {
    return { shares: names.map((database) => ({ database, tenants: undefined })), failures };
  }
  const found = await Promise.all(
    names.map(async (database) => {
      try {
        const all = await admin.listTenants({ database });
        const present = all.filter(({ transition }) => transition !== "moved");
        return { database, items: matchingItems(present, list) };
      } catch (error) {
        failures.set(database, failureOf(error));
        return { database, items: [] };
      }
    }),
  );
  const missing = itemsOf(list).filter((item) => !found.some(({ items }) => items.includes(item)));
  if (missing.length > 0 && failures.size === 0) throw nothingMatches(missing);
  const shares = found
    .filter(({ items }) => items.length > 0)
    .map(({ database, items }) => ({ database, tenants: items.join(",") }));
  return { shares, failures };
}

/** Only what the database itself refuses is its own; every other error is the call's. */
function failureOf(error: unknown): AdminError {
  const isOwn =
    error instanceof AdminError &&
    !["option_invalid", "settings_invalid", "tenant_not_found"].includes(error.code);
  if (isOwn) return error;
  throw error;
}

function mark(database: string, json: unknown): unknown {
  if (json === undefined || typeof json !== "object" || json === null) return json;
  return Array.isArray(json) ? { database, items: json } : { database, ...(json as Part) };
}

function statusOf(reports: readonly { readonly report: Report }[], failed: number): 0 | 1 | 3 {
  const statuses = new Set(reports.map(({ report }) => report.status ?? 0));
  if (failed > 0 || statuses.has(3) || statuses.size > 1) return 3;
  return statuses.has(1) ? 1 : 0;
}
