// Lists tenants by the operator's own query, for example over the tables in which another framework keeps them.

import type pg from "pg";
import { AdminError } from "../registry/admin-error.ts";
import { type Target, withClient } from "../registry/connection/client.ts";
import { databaseMessage, sqlState } from "../registry/database-code.ts";
import type { TenantLine } from "../tenant-list/lines.ts";

const COLUMNS = ["host", "schema"];

interface ExtendedQuery extends pg.QueryArrayConfig {
  /** Since pg 8.11; not in its types. PostgreSQL then refuses more than one command. */
  readonly queryMode: "extended";
}

/**
 * Runs the query in a read-only transaction.
 * @param text one command with the columns `host` and `schema`; a schema may be in several rows, a host in each
 * @returns one item for each schema, and one for each row that lacks a value; a line is the number of a row
 * @throws {AdminError} when the query fails, or has other columns
 */
export function listByQuery(target: Target, text: string): Promise<readonly TenantLine[]> {
  return withClient(target, async (client) => {
    const { fields, rows } = await run(client, text);
    const names = fields.map(({ name }) => name);
    if (names.toSorted().join() !== COLUMNS.join()) {
      throw new AdminError(
        `Cannot adopt tenants: the query has the columns ${JSON.stringify(names.join(", "))}, ` +
          "it must have host and schema; name them with as",
      );
    }
    return group(rows, names.indexOf("host"), names.indexOf("schema"));
  });
}

async function run(
  client: pg.Client,
  text: string,
): Promise<pg.QueryArrayResult<(string | null)[]>> {
  const config: ExtendedQuery = {
    text,
    queryMode: "extended",
    rowMode: "array",
    types: { getTypeParser: () => (value: string) => value },
  };
  // The operator's text may name tables as the other framework does.
  await client.query("begin read only; set local search_path to default");
  try {
    return await client.query<(string | null)[]>(config);
  } catch (error) {
    const state = sqlState(error);
    if (state === undefined) throw error;
    throw new AdminError(
      `Cannot run the query: ${databaseMessage(error)} (SQLSTATE ${state}); correct --query`,
      { cause: error },
    );
  }
}

function group(
  rows: readonly (readonly (string | null)[])[],
  host: number,
  schema: number,
): readonly TenantLine[] {
  const problems: TenantLine[] = [];
  const found = new Map<string, { line: number; schema: string; hosts: string[] }>();
  for (const [index, row] of rows.entries()) {
    const [name, address] = [row[schema] ?? null, row[host] ?? null];
    const line = index + 1;
    if (name === null || address === null) {
      const problem = `${name === null ? "Its schema" : `The host of schema "${name}"`} is null`;
      problems.push({ line, problem });
      continue;
    }
    const known = found.get(name);
    if (known) known.hosts.push(address);
    else found.set(name, { line, schema: name, hosts: [address] });
  }
  return [...found.values(), ...problems];
}
