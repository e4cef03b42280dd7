// The log says how a connection ended: a pooler or the server with its reason, a refusal at login, or a cut. Only what
// may have been run has an unknown outcome.

import { expect } from "chai";
import { createTestDatabase, type TestDatabase } from "../support/database/database.ts";
import { openFaultProxy } from "../support/network/fault-proxy.ts";
import { findFreePort } from "../support/network/free-port.ts";
import { redirect } from "../support/network/redirect.ts";
import { holdRow } from "../support/database/row-lock.ts";
import { serverAddress } from "../support/server/server.ts";
import { openService } from "../support/program/service.ts";

const HOST = "acme.example";

describe("how a connection ended", () => {
  let database: TestDatabase;

  before(async () => {
    database = await createTestDatabase();
    await database.addTenants({ acme: HOST });
    await database.sql("insert into acme.data values (1, 10)");
  });

  after(() => database.drop());

  /** What the log has of a write that `meanwhile` comes upon. */
  const logged = async (
    url: string,
    meanwhile: () => Promise<void> = async () => {},
  ): Promise<Readonly<Record<string, unknown>>> => {
    const service = openService(url, { DATABASE_CONNECTIONS: "1" });
    try {
      const answer = service.request(HOST, "PUT", "/data/1", { value: 20 });
      await meanwhile();
      expect((await answer).status).to.equal(503);
    } finally {
      await service.close();
    }
    const line = service.lines.find(({ event }) => event === "request");
    return { outcome: line?.["outcome"], ...Object(line?.["error"]) } as Record<string, unknown>;
  };

  it("a pooler's query timeout is its own word, and the outcome is unknown", async () => {
    const pool = await database.startPgBouncer({ poolSize: 1, settings: { query_timeout: "1" } });
    const row = await holdRow(database, "acme", 1);
    try {
      expect(await logged(pool.serviceUrl)).to.include({
        kind: "ended",
        said: "query-timeout",
        outcome: "unknown",
      });
    } finally {
      await row.release();
      await pool.stop();
    }
  });

  it("a pooler that takes no more clients has refused a login, and nothing was sent", async () => {
    const pool = await database.startPgBouncer({ poolSize: 1, settings: { max_client_conn: "1" } });
    const first = openService(pool.serviceUrl, { DATABASE_CONNECTIONS: "1" });
    try {
      expect((await first.request(HOST, "GET", "/data/1")).status).to.equal(200);
      const found = await logged(pool.serviceUrl);
      expect(found).to.include({ kind: "login_refused", outcome: undefined });
      expect(found["said"]).to.match(/^no-more-connections-allowed/);
    } finally {
      await first.close();
      await pool.stop();
    }
  });

  it("a wrong password is a refused login, and nothing was sent", async () => {
    const url = new URL(database.serviceUrl);
    url.password = "wrong";
    expect(await logged(url.href)).to.include({
      kind: "login_refused",
      sqlState: "28P01",
      outcome: undefined,
    });
  });

  it("a port that nobody listens on is unreachable, and nothing was sent", async () => {
    const found = await logged(redirect(database.serviceUrl, await findFreePort()));
    expect(found).to.include({ kind: "unreachable", code: "ECONNREFUSED", outcome: undefined });
  });

  it("a cut under a message has no word, and the outcome is unknown", async () => {
    const proxy = await openFaultProxy(serverAddress().port);
    const row = await holdRow(database, "acme", 1);
    try {
      const found = await logged(redirect(database.serviceUrl, proxy.port), async () => {
        await row.waiting(1);
        proxy.reset();
      });
      expect(found).to.include({ kind: "cut", outcome: "unknown" });
      expect(found).to.not.have.property("said");
    } finally {
      await row.release();
      await proxy.close();
    }
  });

  it("a server that ends the session says so, and the outcome is unknown", async () => {
    const row = await holdRow(database, "acme", 1);
    try {
      const found = await logged(database.serviceUrl, async () => {
        await row.waiting(1);
        await database.sql(
          `select pg_terminate_backend(pid) from pg_stat_activity
            where wait_event_type = 'Lock' and datname = current_database()`,
        );
      });
      expect(found).to.include({ kind: "ended", sqlState: "57P01", outcome: "unknown" });
      expect(found["said"]).to.match(/^terminating-connection/);
    } finally {
      await row.release();
    }
  });
});
