// The verbs that change a tenant's row: in force when they return, everywhere.

import { expect } from "chai";
import { type TestDatabase, useDatabase } from "../../support/database/database.ts";
import { holdRow } from "../../support/database/row-lock.ts";
import { type LocalService, openService } from "../../support/program/service.ts";
import { until } from "../../support/until.ts";
import { runVerb, type VerbResult } from "../../support/program/verb.ts";

const ACME = "acme.example.com";
const OTHER = "other.example.com";
const CALLERS = 8;

describe("suspend-tenant, resume-tenant, set-tenant", () => {
  const database = useDatabase({ acme: ACME, other: OTHER });
  let pgbouncer: Awaited<ReturnType<TestDatabase["startPgBouncer"]>>;
  let services: LocalService[];

  const verb = (name: string, ...parameters: string[]): Promise<VerbResult> =>
    runVerb(database.adminUrl, name, ...parameters);
  const get = async (host = ACME): Promise<number> =>
    (await services[0]!.request(host, "GET", "/data/1")).status;
  const put = async (): Promise<number> =>
    (await services[0]!.request(ACME, "PUT", "/data/1", { value: 1 })).status;

  before(async () => {
    await database.sql(
      "insert into acme.data values (1, 1)",
      "insert into other.data values (1, 2)",
    );
    pgbouncer = await database.startPgBouncer({ poolSize: 4 });
    services = [1, 2].map(() => openService(pgbouncer.serviceUrl, { DATABASE_CONNECTIONS: "4" }));
  });

  afterEach(() =>
    verb("resume-tenant", "acme").then(() => verb("set-tenant", "acme", "--writable")),
  );

  after(async () => {
    for (const service of services) await service.close();
    await pgbouncer.stop();
  });

  it("suspend-tenant under load: no request that begins after it returned is answered", async () => {
    let suspended = false;
    const stopping = new AbortController();
    const counts = { before: 0, refused: 0, after: 0 };
    const callers = Array.from({ length: CALLERS }, async (_, index) => {
      const service = services[index % services.length];
      while (!stopping.signal.aborted) {
        const begunAfter = suspended;
        const { status } = await service!.request(ACME, "GET", "/data/1");
        if (status === 403) counts.refused += 1;
        else if (begunAfter) counts.after += 1;
        else counts.before += 1;
      }
    });
    try {
      await until("nobody is served", () => counts.before > 100);
      const result = await verb("suspend-tenant", "acme");
      suspended = true;
      expect(result).to.deep.equal({
        status: 0,
        stdout: 'Suspended tenant "acme": suspended, statement timeout 10000 ms\n',
        stderr: "",
      });
      const refusedBefore = counts.refused;
      await until("nobody is refused", () => counts.refused > refusedBefore + 100);
    } finally {
      stopping.abort();
      await Promise.all(callers);
    }
    expect(counts.after).to.equal(0);
    expect(counts.before).to.be.greaterThan(100);
    expect(await get(OTHER)).to.equal(200);
  });

  it("suspend-tenant returns when what began before it has ended, and not before", async () => {
    const lock = await holdRow(database, "acme", 1);
    const waiting = put();
    await lock.waiting(1);
    let returned = false;
    const result = verb("suspend-tenant", "acme").then((value) => {
      returned = true;
      return value;
    });
    await until("it is not suspended", async () => (await get()) === 403);
    // Another verb, begun later, comes to its end meanwhile.
    await verb("list-tenants");
    expect(returned).to.equal(false);
    await lock.release();
    expect(await waiting).to.equal(200);
    expect((await result).status).to.equal(0);
  });

  it("resume-tenant gives back the status of before", async () => {
    await verb("set-tenant", "acme", "--read-only");
    expect([await get(), await put()]).to.deep.equal([200, 423]);
    await verb("suspend-tenant", "acme");
    await verb("suspend-tenant", "acme");
    expect([await get(), await put()]).to.deep.equal([403, 403]);
    const result = await verb("resume-tenant", "acme");
    expect(result.stdout).to.equal(
      'Resumed tenant "acme": read_only, statement timeout 10000 ms\n',
    );
    expect([await get(), await put()]).to.deep.equal([200, 423]);
    const again = await verb("resume-tenant", "acme");
    expect(again.stdout).to.equal(result.stdout);
  });

  it("set-tenant on a suspended tenant is what it has when it is resumed", async () => {
    await verb("suspend-tenant", "acme");
    const result = await verb("set-tenant", "acme", "--read-only", "--json");
    expect(JSON.parse(result.stdout)).to.include({ status: "suspended", stillRunning: 0 });
    expect(await get()).to.equal(403);
    await verb("resume-tenant", "acme");
    expect([await get(), await put()]).to.deep.equal([200, 423]);
  });

  it("set-tenant --statement-timeout holds for the next message", async () => {
    expect((await verb("set-tenant", "acme", "--statement-timeout", "50")).status).to.equal(0);
    const lock = await holdRow(database, "acme", 1);
    expect(await put()).to.equal(504);
    await lock.release();
    await verb("set-tenant", "acme", "--statement-timeout", "10000");
    expect(await put()).to.equal(200);
  });

  it("set-tenant, suspend-tenant and resume-tenant refuse what they cannot do, and change nothing", async () => {
    const row = (): Promise<Record<string, unknown>[]> =>
      database.sql("select * from rowhouse.tenant order by schema_name");
    const before = await row();
    const wrong: readonly (readonly [string[], number, RegExp])[] = [
      [
        ["set-tenant", "acme"],
        2,
        /it needs --read-only, --writable, --statement-timeout, --set or --unset/,
      ],
      [["set-tenant", "acme", "--read-only", "--writable"], 2, /contradict/],
      [
        ["set-tenant", "acme", "--statement-timeout", "0"],
        2,
        /"0" is not a whole number from 1 to/,
      ],
      [
        ["suspend-tenant", "nobody"],
        1,
        /^Cannot suspend tenant: tenant "nobody" does not exist; see/,
      ],
      [["resume-tenant", "x'; drop"], 1, /^Cannot use schema name "x'; drop"/],
      [["resume-tenant", "a.example"], 1, /; for the tenant of a host see .*list-tenants/],
      [["suspend-tenant"], 2, /it takes SCHEMA, got 0;/],
    ];
    for (const [[name = "", ...parameters], status, message] of wrong) {
      const result = await verb(name, ...parameters);
      expect(result.stderr).to.match(message);
      expect(result.status).to.equal(status);
    }
    await database.sql(
      "update rowhouse.tenant set transition = 'moved' where schema_name = 'other'",
    );
    const result = await verb("resume-tenant", "other");
    expect(result.stderr).to.match(/^Cannot resume tenant: tenant "other": it has moved; once/);
    await database.sql("update rowhouse.tenant set transition = null where schema_name = 'other'");
    expect(await row()).to.deep.equal(before);
  });
});
