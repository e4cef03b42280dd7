// The tenants, hosts and keys of a run, and its history as it grows.

import { hostOf, schemaOf } from "../support/traffic.ts";
import { type Change, type Fault, FIRST_VALUE, type Op, type Owner } from "./history.ts";
import type { Place, TortureStage } from "./stage.ts";

/** Tenants 1 to this stay, each at a host of its own. */
export const FIXED = 6;

/** Of the fixed tenants those that stay in one database, by its name; they only get wandering hosts, and lose them. */
export const STEADY: Readonly<Record<Place, number>> = { home: 1, eu: 2 };

/** The hosts of the fixed tenants that begin at home, by schema. */
export const FIXED_HOSTS: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from({ length: FIXED }, (_, index) => index + 1)
    .filter((tenant) => tenant !== STEADY.eu)
    .map((tenant) => [schemaOf(tenant), hostOf(tenant)]),
);

/** Hosts that are given from one of the fixed tenants to another. */
export const WANDERING: readonly string[] = ["w1.example.com", "w2.example.com"];

/** Schemas whose tenants are dropped and made anew; each has the host of {@link mortalHost}. */
export const MORTAL: readonly string[] = ["m1"];

/** Where a mortal tenant is served. */
export function mortalHost(schemaName: string): string {
  return `${schemaName}.example.com`;
}

/** A key that several requests go to, until it has had enough. */
export interface Slot {
  key: number;
  left: number;
}

const USES_PER_KEY = 30;

/** The state of a run. */
export class World {
  readonly ops: Op[] = [];
  readonly owners: Owner[] = [];
  readonly changes: Change[] = [];
  readonly faults: Fault[] = [];
  /** How often each verb was run to its end. */
  readonly verbs: Map<string, number> = new Map();
  /** The fixed tenants' schemas and those of the mortal ones that live. */
  readonly schemas: Map<string, number> = new Map();
  /** The fixed tenants that verbs have moved to eu. */
  readonly away: Set<number> = new Set();
  readonly begunAt: number = performance.now();
  #lastKey = 0;
  #lastValue: number = FIRST_VALUE;
  #lastTenant: number = FIXED;

  newKeys(count = 1): number {
    const first = this.#lastKey + 1;
    this.#lastKey += count;
    return first;
  }

  newValue(): number {
    this.#lastValue += 1;
    return this.#lastValue;
  }

  newTenant(): number {
    this.#lastTenant += 1;
    return this.#lastTenant;
  }

  /** One use of a slot's key, or of its next. */
  useSlot(slot: Slot): number {
    if (slot.left <= 0) {
      slot.key = this.newKeys();
      slot.left = USES_PER_KEY;
    }
    slot.left -= 1;
    return slot.key;
  }

  /** The tenant that has a host as far as the verbs are: who asks may find another. */
  currentOwner(host: string): Owner | undefined {
    return this.owners.findLast((owner) => owner.host === host && owner.to === Infinity);
  }
}

/** Makes the table of the witness in each database: the tenants' migrations have the rest. */
export async function createWitness({ servers }: TortureStage): Promise<void> {
  for (const { sql } of Object.values(servers)) {
    await sql(
      "create table public.witness (tenant int, key int, value int)",
      "grant insert on public.witness to public",
    );
  }
}

/** Writes a tenant's name tag under key 0. */
export async function tagTenant(
  { servers }: TortureStage,
  world: World,
  place: Place,
  schemaName: string,
  tenant: number,
): Promise<void> {
  // Run again after the server was killed in mid-way.
  await servers[place].sql(
    `insert into "${schemaName}".data (key, value) values (0, ${tenant}) on conflict do nothing`,
  );
  world.schemas.set(schemaName, tenant);
}
