// The fixture of a check: a pooler, two tenants that only this process knows, and a direct view of their tables.
// A value names its tenant: it is the tenant's number times a thousand, plus its key.

import { randomInt } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { ClientBase } from "pg";
import { openDatabase } from "../../src/database/open-database.ts";
import { parseHost } from "../../src/host.ts";
import { createTenant, type Tenant } from "../../src/tenant.ts";
import { RawClient } from "./raw-client.ts";
import { Strangers } from "./backends.ts";
import { reachAll, settlePool, surveyPool } from "./survey.ts";

/** One of the two tenants. */
export interface Subject {
  /** 1 or 2. */
  readonly number: number;
  readonly schemaName: string;
  readonly host: string;
}

/** A statement that waits. */
export interface Obstacle {
  readonly statement: string;
  /** Resolves when `count` sessions wait in it. */
  waiting(count: number): Promise<void>;
  /** Cancels it in every session that waits in it; see {@link Pool.mayCancel}. */
  cancel(): Promise<void>;
}

/** Keys 1 to this are the seeded rows, which stay. */
export const SEEDED_KEYS = 10;
const TIMEOUT_MS = 10_000;
const POLL_MS = 5;

/** The pooler and the two tenants. */
export class Pool {
  /** The service role's URL of the pooler. */
  readonly url: string;
  readonly subjects: readonly [Subject, Subject];
  readonly #admin: ClientBase;
  readonly #strangers = new Strangers();

  /** @param admin a direct connection of the admin role, which the caller closes */
  constructor(url: string, admin: ClientBase, subjects: readonly [Subject, Subject]) {
    this.url = url;
    this.subjects = subjects;
    this.#admin = admin;
  }

  /** Runs SQL as the admin role, past the pooler. */
  async sql<R extends object>(text: string): Promise<readonly R[]> {
    return (await this.#admin.query<R>(text)).rows;
  }

  /** Fills both tables. */
  async seed(): Promise<void> {
    for (const { schemaName, number } of this.subjects) {
      await this.sql(`insert into "${schemaName}".data (key, value)
        select key, ${number * 1000} + key from pg_catalog.generate_series(1, ${SEEDED_KEYS}) as key`);
    }
  }

  /** Hands out the two tenants as a route has them, over the given number of client connections. */
  async withTenants<T>(
    clients: number,
    work: (tenants: readonly [Tenant, Tenant]) => Promise<T>,
  ): Promise<T> {
    const database = openDatabase({ url: this.url, connections: clients });
    const [first, second] = this.subjects.map(({ host }) =>
      createTenant(database, parseHost(host)),
    );
    try {
      return await work([first, second] as [Tenant, Tenant]);
    } finally {
      await database.close(5);
    }
  }

  /** Hands out the given number of clients that speak the protocol, and always ends them. */
  async withClients<T>(count: number, work: (clients: RawClient[]) => Promise<T>): Promise<T> {
    const clients: RawClient[] = [];
    try {
      while (clients.length < count) clients.push(await RawClient.open(this.url));
      return await work([...clients]);
    } finally {
      await Promise.all(clients.map((client) => client.destroy()));
    }
  }

  /** Whether the admin role may cancel what the service role runs. */
  async mayCancel(): Promise<boolean> {
    const [row] = await this.sql<{ may: boolean }>(
      `select pg_catalog.pg_has_role(service_role, 'usage')
         or pg_catalog.pg_has_role('pg_signal_backend', 'usage') as may from rowhouse.installation`,
    );
    return row?.may === true;
  }

  /** Hands out a statement that waits while `work` runs, and functions to observe and to cancel it. */
  async withObstacle<T>(work: (obstacle: Obstacle) => Promise<T>): Promise<T> {
    const key = `${randomInt(2 ** 31 - 1)}, ${randomInt(2 ** 31 - 1)}`;
    const where = `not granted and locktype = 'advisory' and (classid, objid) = (${key})`;
    await this.sql(`select pg_catalog.pg_advisory_lock(${key})`);
    try {
      return await work({
        statement: `select pg_catalog.pg_advisory_xact_lock(${key})`,
        waiting: (count) =>
          this.until(`${count} statements wait`, async () => {
            const rows = await this.sql(`select from pg_catalog.pg_locks where ${where}`);
            return rows.length === count;
          }),
        cancel: async () => {
          await this.sql(
            `select pg_catalog.pg_cancel_backend(pid) from pg_catalog.pg_locks where ${where}`,
          );
        },
      });
    } finally {
      await this.sql(`select pg_catalog.pg_advisory_unlock(${key})`);
    }
  }

  /** Removes a tenant's rows beyond the seeded ones, and returns their keys. */
  async takeKeys({ schemaName }: Subject): Promise<readonly number[]> {
    const rows = await this.sql<{ key: number }>(
      `delete from "${schemaName}".data where key > ${SEEDED_KEYS} returning key`,
    );
    return rows.map(({ key }) => key).toSorted((a, b) => a - b);
  }

  /**
   * Waits until a condition holds.
   * @throws {Error} after ten seconds
   */
  async until(what: string, condition: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + TIMEOUT_MS;
    while (!(await condition())) {
      if (performance.now() > deadline) throw new Error(`timed out while waiting until ${what}`);
      await setTimeout(POLL_MS);
    }
  }

  /** Waits until every message that was sent has ended. */
  settle(): Promise<void> {
    return settlePool(this.#admin, this.#strangers);
  }

  /** Separates the pool's server connections from the service role's others that exist already. */
  async meetStrangers(): Promise<void> {
    await reachAll(this.#admin, this.url, this.#strangers);
  }

  /** The connections that were not checked, because the pool's clients do not reach them. */
  strangers(): readonly string[] {
    return this.#strangers.names();
  }

  /**
   * Checks every server connection and both tables.
   * @returns the number of server connections
   * @throws {Error} that names what is not as it was in the beginning
   */
  async survey(): Promise<number> {
    const connections = await surveyPool(this.#admin, this.url, this.#strangers);
    for (const { schemaName, number } of this.subjects) {
      const rows = await this.sql<{ key: number; value: number }>(
        `select key, value from "${schemaName}".data`,
      );
      const foreign = rows.find(({ key, value }) => value !== number * 1000 + key);
      if (foreign) throw new Error(`tenant ${number} has the value ${foreign.value}`);
      if (rows.length !== SEEDED_KEYS) throw new Error(`tenant ${number} has ${rows.length} rows`);
    }
    return connections;
  }
}
