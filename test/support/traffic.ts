// Interleaved traffic of many tenants in which a foreign row shows: every value names its tenant. The
// same generator drives the service and the recipe that it replaces, so that a test which finds
// nothing is known to be able to find something.

import type { TestDatabase } from "./database/database.ts";
import { createRandom } from "./random.ts";

/** The keys that every tenant has from the start: 1 to 5. */
export const SEEDED_KEYS = 5;

const PER_TENANT = 1_000_000;

/** One thing to do for one tenant. */
export interface Operation<Kind extends string> {
  readonly kind: Kind;
  /** The tenant's number, from 1. */
  readonly tenant: number;
  readonly key: number;
  /** The one value that this tenant has under this key. */
  readonly value: number;
}

/** What became of it all. */
export interface Outcome<Kind extends string> {
  /** How many operations of each kind there were. */
  readonly counts: Readonly<Record<Kind, number>>;
  /** How many values were read. */
  readonly values: number;
  /** Those of them that belong to another tenant than the one that asked, or to another key. */
  readonly foreign: readonly number[];
}

/** Which traffic there is to be. */
export interface Traffic<Kind extends string> {
  /** The same seed gives the same operations. */
  readonly seed: number;
  readonly operations: number;
  readonly tenants: number;
  /** How many operations are at work at once. */
  readonly callers: number;
  /** How often each kind comes, relative to the others. */
  readonly weights: Readonly<Record<Kind, number>>;
  /** Does one operation and returns the pairs that it read. Caller numbers count from 0. */
  readonly perform: (operation: Operation<Kind>, caller: number) => Promise<readonly Pair[]>;
}

/** A key with the value that was read. */
export interface Pair {
  readonly key: number;
  readonly value: number;
}

/** The schema of a tenant. */
export function schemaOf(tenant: number): string {
  return `t${String(tenant).padStart(3, "0")}`;
}

/** The host of a tenant. */
export function hostOf(tenant: number): string {
  return `${schemaOf(tenant)}.example.com`;
}

/** The value that a tenant has under a key. */
export function valueOf(tenant: number, key: number): number {
  return tenant * PER_TENANT + key;
}

/** Creates tenants 1 to `count` with their seeded pairs. */
export async function addTrafficTenants(database: TestDatabase, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  await database.addTenants(Object.fromEntries(numbers.map((n) => [schemaOf(n), hostOf(n)])));
  await database.sql(
    ...numbers.map(
      (n) => `insert into ${schemaOf(n)}.data
        select key, ${valueOf(n, 0)} + key from generate_series(1, ${SEEDED_KEYS}) as key`,
    ),
  );
}

/** Runs the traffic. What `perform` throws ends it. */
export async function runTraffic<Kind extends string>(
  traffic: Traffic<Kind>,
): Promise<Outcome<Kind>> {
  const random = createRandom(traffic.seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const kinds = Object.keys(traffic.weights) as Kind[];
  const bag = kinds.flatMap((kind) => Array.from({ length: traffic.weights[kind] }, () => kind));
  const counts = Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<Kind, number>;
  const foreign: number[] = [];
  let values = 0;
  let left = traffic.operations;

  const call = async (caller: number): Promise<void> => {
    while (left-- > 0) {
      const kind = bag[below(bag.length)] as Kind;
      const tenant = 1 + below(traffic.tenants);
      const key = 1 + below(SEEDED_KEYS);
      counts[kind] += 1;
      const operation = { kind, tenant, key, value: valueOf(tenant, key) };
      for (const pair of await traffic.perform(operation, caller)) {
        values += 1;
        if (pair.value !== valueOf(tenant, pair.key)) foreign.push(pair.value);
      }
    }
  };
  await Promise.all(Array.from({ length: traffic.callers }, (_, caller) => call(caller)));
  return { counts, values, foreign };
}
