// The promise: however a connection ends in the middle of a transaction, the process goes on, the transaction is
// done, undone or unknown, and never half.

import { expect } from "chai";
import { AppError } from "../../src/errors.ts";
import { parseHost } from "../../src/host.ts";
import { createTenant, type Tenant, type Transaction } from "../../src/tenant.ts";
import { createTestDatabase, type TestDatabase } from "../support/database/database.ts";
import { type FaultProxy, openFaultProxy } from "../support/network/fault-proxy.ts";
import { startPgBouncer } from "../support/server/pgbouncer.ts";
import { createRandom } from "../support/random.ts";
import { redirect } from "../support/network/redirect.ts";
import { rejection } from "../support/rejection.ts";
import { SERVICE_PASSWORD, SERVICE_ROLE, serverAddress } from "../support/server/server.ts";
import { type LocalService, openService } from "../support/program/service.ts";

const HOST = "acme.example.com";
const ROUNDS = 21;
const AT_ONCE = 4;
// A transaction takes about this long: a cut lands in any state of it.
const MOST_TURNS = 60;

/** What may happen to every connection at once. */
const CUTS: Readonly<Record<string, (proxy: FaultProxy, database: TestDatabase) => unknown>> = {
  "a reset": (proxy) => proxy.reset(),
  "an end from the server": (proxy) => proxy.halfClose("client"),
  "an end towards the server": (proxy) => proxy.halfClose("server"),
  "half an answer and a reset": (proxy) => proxy.cutNext("client"),
  "half a message and a reset": (proxy) => proxy.cutNext("server"),
  "a FATAL": (_, database) =>
    database.sql(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity
         where usename = '${SERVICE_ROLE}' and datname = current_database()`,
    ),
};

describe("a transaction whose connection is cut", () => {
  let database: TestDatabase;
  let pooler: Awaited<ReturnType<typeof startPgBouncer>>;

  before(async () => {
    database = await createTestDatabase();
    await database.addTenants({ acme: HOST });
    pooler = await startPgBouncer({
      serverPort: serverAddress().port,
      users: { [SERVICE_ROLE]: SERVICE_PASSWORD },
      poolSize: 4,
      settings: { server_login_retry: "1" },
    });
  });

  after(async () => {
    await pooler.stop();
    await database.drop();
  });

  for (const way of ["directly", "through PgBouncer"]) {
    for (const [index, [what, cut]] of Object.entries(CUTS).entries()) {
      it(`tenant.begin() is done, undone or unknown after ${what}, ${way}`, async () => {
        const url =
          way === "directly" ? database.serviceUrl : pooler.url(SERVICE_ROLE, database.name);
        const proxy = await openFaultProxy(Number(new URL(url).port));
        const service = openService(redirect(url, proxy.port), {
          DATABASE_CONNECTIONS: String(AT_ONCE),
          REQUEST_TIMEOUT_MS: "5000",
        });
        try {
          await database.sql("truncate acme.data");
          const found = await cutAll(service, proxy, cut, 1000 * (index + 1));
          expect(found.total).to.equal(ROUNDS * AT_ONCE);
          await check(found);
          proxy.uncut();
          const tenant = createTenant(service.database, parseHost(HOST));
          // The last end may arrive only now, on a connection that waits for work.
          await tenant.enter().catch(() => {});
          await tenant.begin(async (tx) => {
            await tx`select 1 as one`;
          });
        } finally {
          await service.close();
          await proxy.close();
        }
      }).timeout(120_000);
    }
  }

  // Nothing waits for an answer then, so that nothing hears of the loss: the driver would connect again.
  for (const way of ["directly", "through PgBouncer"]) {
    for (const next of ["a statement", "COMMIT"]) {
      it(`tenant.begin() undoes a transaction whose connection is lost before ${next}, ${way}`, async () => {
        const direct = way === "directly";
        const url = direct ? database.serviceUrl : pooler.url(SERVICE_ROLE, database.name);
        const proxy = await openFaultProxy(Number(new URL(url).port));
        const service = openService(redirect(url, proxy.port), { DATABASE_CONNECTIONS: "1" });
        const tenant = createTenant(service.database, parseHost(HOST));
        try {
          await database.sql("truncate acme.data");
          for (const cut of [CUTS["a reset"], CUTS["an end from the server"], CUTS["a FATAL"]]) {
            await tenant`select 1 as warm`;
            const work = tenant.begin(async (tx) => {
              await tx`insert into data values (1, 1) returning key`;
              await cut?.(proxy, database);
              // The end arrives while this logs in and asks.
              for (let turn = 0; turn < 3; turn += 1) await database.sql("select 1");
              if (next === "a statement") await tx`insert into data values (2, 2) returning key`;
            });
            const error = await rejection(work);
            expect(error).to.include({ code: "DATABASE_UNAVAILABLE" });
            // A COMMIT that left before the end arrived has an unknown outcome: it is not acknowledged.
            expect(error).to.have.property("outcome").that.is.oneOf([undefined, "unknown"]);
            expect(await database.sql("select key from acme.data")).to.deep.equal([]);
            proxy.uncut();
          }
        } finally {
          await service.close();
          await proxy.close();
        }
      });
    }
  }

  interface Found {
    total: number;
    readonly done: number[];
    readonly undone: number[];
    readonly unknown: number[];
  }

  async function cutAll(
    service: LocalService,
    proxy: FaultProxy,
    cut: (proxy: FaultProxy, database: TestDatabase) => unknown,
    seed: number,
  ): Promise<Found> {
    const random = createRandom(seed);
    const found: Found = { total: 0, done: [], undone: [], unknown: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      const tenant = createTenant(service.database, parseHost(HOST));
      const work = Array.from({ length: AT_ONCE }, async (_, index) => {
        const key = round * AT_ONCE + index;
        const outcome = await transfer(tenant, key);
        found[outcome].push(key);
        found.total += 1;
      });
      const turns = Math.floor(random() * MOST_TURNS);
      for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
      await cut(proxy, database);
      await Promise.all(work);
    }
    return found;
  }

  /** Two rows, the second under a savepoint, behind a savepoint that is undone. */
  async function transfer(tenant: Tenant, key: number): Promise<"done" | "undone" | "unknown"> {
    try {
      await tenant.begin(async (tx) => {
        await tx`insert into data values (${key}, 1) returning key`;
        await tx.savepoint(undo).catch(rethrowLoss);
        await tx.savepoint(async (inner) => {
          await inner`insert into data values (${-key - 1}, 1) returning key`;
        });
      });
      return "done";
    } catch (error) {
      if (error instanceof AppError && error.code === "DATABASE_UNAVAILABLE") {
        return error.outcome === "unknown" ? "unknown" : "undone";
      }
      throw error;
    }
  }

  async function undo(tx: Transaction): Promise<void> {
    await tx`insert into data values (1000000, 1) returning key`;
    throw new RangeError("Undo");
  }

  function rethrowLoss(error: unknown): void {
    if (!(error instanceof RangeError)) throw error;
  }

  async function check({ done, undone, unknown }: Found): Promise<void> {
    const rows = await database.sql<{ key: number }>("select key from acme.data");
    const keys = new Set(rows.map(({ key }) => key));
    expect(keys.has(1_000_000)).to.equal(false);
    for (const key of done) expect([keys.has(key), keys.has(-key - 1)]).to.deep.equal([true, true]);
    for (const key of undone)
      expect([keys.has(key), keys.has(-key - 1)]).to.deep.equal([false, false]);
    for (const key of unknown) expect(keys.has(key)).to.equal(keys.has(-key - 1));
  }
});
