// The rows of a tenant and of a host within a transaction, without the models.

import { query, type DomainRow, type TenantRow } from "../registry.ts";
import type { Transaction } from "../connection/transaction-client.ts";

/** New values of a tenant's row. */
export type RowChange = Partial<Omit<TenantRow, "schemaName">>;

/** The columns of `rowhouse.tenant`. */
const COLUMNS: Readonly<Record<keyof TenantRow, string>> = {
  schemaName: "schema_name",
  roleName: "role_name",
  status: "status",
  version: "version",
  statementTimeoutMs: "statement_timeout_ms",
  settings: "settings",
  createdAt: "created_at",
  transition: "transition",
  peer: "peer",
  transferId: "transfer_id",
  statusBefore: "status_before",
};

const TENANT = Object.entries(COLUMNS)
  .map(([name, column]) => `${column} as "${name}"`)
  .join(", ");

/** Reads and locks the row of a tenant; undefined when it does not exist. */
export async function lockTenantRow(
  transaction: Transaction,
  schemaName: string,
): Promise<TenantRow | undefined> {
  const text = `select ${TENANT} from rowhouse.tenant where schema_name = $1 for update`;
  const [row] = await query<TenantRow>(transaction, text, [schemaName]);
  return row;
}

/** Returns those of these names that have a tenant's row. */
export async function findTenantRows(
  transaction: Transaction,
  schemaNames: readonly string[],
): Promise<readonly string[]> {
  const text =
    "select schema_name as name from rowhouse.tenant where schema_name = any($1::text[]) order by 1";
  const rows = await query<{ name: string }>(transaction, text, [schemaNames]);
  return rows.map(({ name }) => name);
}

/** Whether there is a row of a tenant. */
export async function hasTenantRow(transaction: Transaction, schemaName: string): Promise<boolean> {
  return (await findTenantRows(transaction, [schemaName])).length > 0;
}

/**
 * Sets columns of a tenant's row; those that are not in `change`, or undefined there, stay.
 * @returns the row with its new values
 */
export async function updateTenantRow(
  transaction: Transaction,
  tenant: TenantRow,
  change: RowChange,
): Promise<TenantRow> {
  const { settings, ...plain } = change;
  const values = {
    ...plain,
    ...(settings !== undefined && { settings: JSON.stringify(settings) }),
  };
  const set = Object.entries(values).filter(([, value]) => value !== undefined);
  if (set.length === 0) return tenant;
  const columns = Object.entries(COLUMNS);
  const parts = set.map(([name], index) => {
    const [, column] = columns.find(([key]) => key === name) ?? [];
    return `${column} = $${index + 2}`;
  });
  const [row] = await query<TenantRow>(
    transaction,
    `update rowhouse.tenant set ${parts.join(", ")} where schema_name = $1 returning ${TENANT}`,
    [tenant.schemaName, ...set.map(([, value]) => value)],
  );
  if (row !== undefined) return row;
  throw new Error(`Cannot change tenant "${tenant.schemaName}": its row is missing`);
}

/** Reads the row of a host; undefined when no tenant has it. */
export async function findDomainRow(
  transaction: Transaction,
  host: string,
): Promise<Pick<DomainRow, "schemaName" | "database"> | undefined> {
  const text = `select schema_name as "schemaName", database from rowhouse.domain where host = $1`;
  const [row] = await query<Pick<DomainRow, "schemaName" | "database">>(transaction, text, [host]);
  return row;
}
