// The tenants, hosts and keys of a run, and its history as it grows.

import { hostOf, schemaOf } from "../support/traffic.ts";
import { type Change, type Fault, FIRST_VALUE, type Op, type Owner } from "./history.ts";
import type { TortureStage } from "./stage.ts";

/** Tenants 1 to this stay, each at a host of its own; no verb touches the first. */
export const FIXED = 6;

/** The fixed tenants' hosts, by schema. */
export const FIXED_HOSTS: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from({ length: FIXED }, (_, index) => [schemaOf(index + 1), hostOf(index + 1)]),
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
  /** The table's OID of every tenant there ever was: it outlives a rename. */
  readonly relations: Map<number, number> = new Map();
  /** The fixed tenants' schemas and those of the mortal ones that live. */
  readonly schemas: Map<string, number> = new Map();
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

/** The witness's table and function: what a tenant's table tells it is of the writing transaction. */
export async function createWitness({ server }: TortureStage): Promise<void> {
  await server.sql(
    `create table public.witness (relation oid, key int, value int)`,
    `create function public.witness() returns trigger language plpgsql security definer as $$
     begin
       insert into public.witness values (tg_relid, new.key, new.value);
       return new;
     end $$`,
  );
}

/** Lets the witness see every write of a tenant, and writes its name tag under key 0. */
export async function tagTenant(
  { server }: TortureStage,
  world: World,
  schemaName: string,
  tenant: number,
): Promise<void> {
  // Run again after the server was killed in mid-way: each command finds what is there.
  const [row] = await server.sql<{ oid: number }>(
    `create or replace trigger witness after insert or update on "${schemaName}".data
       for each row execute function public.witness()`,
    `insert into "${schemaName}".data (key, value) values (0, ${tenant}) on conflict do nothing`,
    `select '"${schemaName}".data'::regclass::oid as oid`,
  );
  world.relations.set(row?.oid ?? 0, tenant);
  world.schemas.set(schemaName, tenant);
}
