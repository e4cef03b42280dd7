// How the benchmark's tenants, hosts and values are called. A value tells its tenant.

/** A value is the tenant's number times this, plus the key. */
export const TENANT_FACTOR = 10_000;

/** The PostgreSQL schema of a tenant, by its number from 1 on. */
export const schemaOf = (tenant: number): string => `t${tenant}`;

/** The host of a tenant. */
export const hostOf = (tenant: number): string => `t${tenant}.example.com`;

/** The value of a key. */
export const valueOf = (tenant: number, key: number): number => tenant * TENANT_FACTOR + key;

/** What the program `floor` answers, whatever it is asked. */
export const FLOOR_VALUE = 42;
