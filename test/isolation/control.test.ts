// The control of isolation-pooled.test.ts: the same traffic, tenants and values, with the recipe that
// Rowhouse replaces. It must find foreign rows; a generator that could not find any would prove nothing.

import { expect } from "chai";
import pg from "pg";
import { useDatabase } from "../support/database/database.ts";
import { type PgBouncer, startPgBouncer } from "../support/server/pgbouncer.ts";
import { serverAddress } from "../support/server/server.ts";
import { addTrafficTenants, type Pair, runTraffic, schemaOf } from "../support/traffic.ts";

const TENANTS = 20;
const CLIENTS = 12;

describe("a session's SET search_path behind a transaction pooler", () => {
  const database = useDatabase();
  let pgbouncer: PgBouncer;
  let clients: pg.Client[];

  before(async () => {
    await addTrafficTenants(database, TENANTS);
    // The recipe knows one role, who may use every schema.
    const { username, password } = new URL(database.adminUrl);
    const { host, port } = serverAddress();
    pgbouncer = await startPgBouncer({
      serverHost: host,
      serverPort: port,
      users: { [decodeURIComponent(username)]: decodeURIComponent(password) },
      poolSize: 1,
    });
    const url = pgbouncer.url(decodeURIComponent(username), database.name);
    clients = Array.from({ length: CLIENTS }, () => new pg.Client(url));
    await Promise.all(clients.map((client) => client.connect()));
  });

  after(async () => {
    await Promise.all(clients.map((client) => client.end()));
    await pgbouncer.stop();
  });

  const traffic = (callers: number) =>
    runTraffic({
      seed: 20_260_801,
      operations: 2000,
      tenants: TENANTS,
      callers,
      weights: { read: 3, list: 1 },
      perform: async ({ kind, tenant, key }, caller): Promise<readonly Pair[]> => {
        const client = clients[caller];
        await client?.query(`set search_path to ${schemaOf(tenant)}`);
        const result = await client?.query<Pair>(
          `select key, value from data where ${kind === "list"} or key = ${key}`,
        );
        return result?.rows ?? [];
      },
    });

  it("SET search_path hands out rows of other tenants, and the traffic notices", async () => {
    const { values, foreign } = await traffic(CLIENTS);
    expect(values).to.be.above(2000);
    expect(foreign.length).to.be.above(0);
    expect(foreign.length).to.be.below(values);
  });

  it("SET search_path is right for a client alone: what mixes the rows is the shared connection", async () => {
    const { values, foreign } = await traffic(1);
    expect(values).to.be.above(2000);
    expect(foreign).to.deep.equal([]);
  });
});
