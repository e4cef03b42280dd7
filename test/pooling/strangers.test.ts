// verify-pooler beside other connections of the service role: they are told from the pool's, and named.

import { expect } from "chai";
import pg from "pg";
import { Strangers } from "../../admin/conformance/backends.ts";
import { surveyPool } from "../../admin/conformance/survey.ts";
import { verifyPooler } from "../../admin/conformance/verify.ts";
import { createTestDatabase, type TestDatabase } from "../support/database/database.ts";
import type { PgBouncer } from "../support/server/pgbouncer.ts";
import { rejection } from "../support/rejection.ts";
import { SERVICE_ROLE } from "../support/server/server.ts";

describe("verify-pooler beside strangers", () => {
  let database: TestDatabase;
  let pgbouncer: PgBouncer & { readonly serviceUrl: string };
  let admin: pg.Client;

  before(async () => {
    database = await createTestDatabase();
    await database.sql(
      `alter role ${SERVICE_ROLE} in database ${database.name}
         set client_connection_check_interval = '50ms'`,
    );
    pgbouncer = await database.startPgBouncer({ poolSize: 2 });
    admin = new pg.Client(database.adminUrl);
    await admin.connect();
  });

  after(async () => {
    await admin.end();
    await pgbouncer.stop();
    await database.drop();
  });

  it("verify-pooler names what it does not reach, idle, busy or in a transaction, and holds the rest", async () => {
    const client = async (name: string): Promise<pg.Client> => {
      const opened = new pg.Client({
        connectionString: database.serviceUrl,
        application_name: name,
      });
      await opened.connect();
      return opened;
    };
    const [idle, busy, held] = [
      await client("idle-one"),
      await client("busy-one"),
      await client("held-one"),
    ];
    await held.query("begin");
    await held.query("select");
    let turns = 0;
    const ended = new AbortController();
    const work = (async () => {
      for (; !ended.signal.aborted; turns += 1) await busy.query("select from pg_catalog.pg_class");
    })();
    try {
      const { signal } = new AbortController();
      const url = pgbouncer.serviceUrl;
      const verdicts = await verifyPooler(url, database.adminUrl, signal, ({ level }) => {
        // A tenant is not dropped while a transaction runs that could be in it.
        if (level === "ok") void held.query("rollback");
      });
      const told = verdicts.find(({ name }) => name === "other connections of the service role");
      for (const name of ["idle-one", "busy-one", "held-one"]) {
        expect(told?.seen).to.match(new RegExp(`process \\d+ \\(${name} at 127\\.0\\.0\\.1\\)`));
      }
      expect(told?.seen.split(", process")).to.have.length(3);
      expect(verdicts.filter(({ level }) => level === "failed")).to.deep.equal([]);
      expect(verdicts.filter(({ level }) => level === "ok")).to.have.length(12);
      expect(turns).to.be.greaterThan(0);
    } finally {
      ended.abort();
      await work;
      for (const one of [idle, busy, held]) await one.end();
    }
  });

  it("surveyPool() does not take a transaction that nobody ends for a stranger", async () => {
    const client = new pg.Client(database.serviceUrl);
    await client.connect();
    try {
      await client.query("begin");
      const survey = surveyPool(admin, pgbouncer.serviceUrl, new Strangers(), 200);
      expect((await rejection(survey)).message).to.match(
        /is not idle; it has ExclusiveLock on virtualxid$/,
      );
    } finally {
      await client.end();
    }
  });
});
