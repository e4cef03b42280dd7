// What the systems have written: counted where it does not belong, and put back as it was.

import pg from "pg";
import { schemaOf, TENANT_FACTOR, valueOf } from "../names.ts";

/** The tenants' tables, seen by the admin. Whoever opened them closes them. */
export interface TenantData {
  /** Rows with a value of another tenant. */
  countForeign(): Promise<number>;
  /** Takes out rows that were added, and gives the others their first value. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** Connects as the admin, straight to PostgreSQL. */
export async function openTenantData(
  adminUrl: string,
  tenants: number,
  keys: number,
): Promise<TenantData> {
  const client = new pg.Client(adminUrl);
  await client.connect();
  await client.query("set synchronous_commit = off");
  const numbers = Array.from({ length: tenants }, (_, index) => index + 1);
  const counts = numbers.map(
    (tenant) =>
      `select count(*) as rows from ${schemaOf(tenant)}.data where value / ${TENANT_FACTOR} <> ${tenant}`,
  );
  const restored = numbers.flatMap((tenant) => [
    `delete from ${schemaOf(tenant)}.data where key > ${keys}`,
    `update ${schemaOf(tenant)}.data set value = ${valueOf(tenant, 0)} + key
      where value <> ${valueOf(tenant, 0)} + key`,
  ]);
  return {
    async countForeign() {
      const { rows } = await client.query<{ sum: string }>(
        `select sum(rows) from (${counts.join(" union all ")}) as counts`,
      );
      return Number(rows[0]?.sum);
    },
    async restore() {
      await client.query(restored.join(";"));
      await client.query(`vacuum ${numbers.map((tenant) => `${schemaOf(tenant)}.data`).join(",")}`);
    },
    close: () => client.end(),
  };
}
