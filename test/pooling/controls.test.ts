// The controls of pooling.test.ts: what must go wrong behind a transaction pooler does, and the look at the server
// connections tells of it. A suite that could not see these would prove nothing.

import { expect } from "chai";
import pg from "pg";
import { Strangers } from "../../admin/conformance/backends.ts";
import { RawClient } from "../../admin/conformance/raw-client.ts";
import { surveyPool } from "../../admin/conformance/survey.ts";
import { parseHost } from "../../src/host.ts";
import { createTenant } from "../../src/tenant.ts";
import { useDatabase } from "../support/database/database.ts";
import { type PgBouncer, startPgBouncer } from "../support/server/pgbouncer.ts";
import { createPlainAdmin } from "../support/database/plain-admin.ts";
import { codeOf, rejection } from "../support/rejection.ts";
import { SERVICE_PASSWORD, SERVICE_ROLE, serverAddress } from "../support/server/server.ts";
import { openService } from "../support/program/service.ts";
import { runVerb } from "../support/program/verb.ts";

const HOSTS = { acme: "acme.example", other: "other.example" };

describe("unsafe recipes behind a transaction pooler", () => {
  const database = useDatabase(HOSTS);
  let pgbouncer: PgBouncer & { readonly serviceUrl: string };
  let admin: pg.Client;

  before(async () => {
    await database.sql(
      `insert into acme.data values (1, 10)`,
      `insert into other.data values (1, 20)`,
    );
    admin = new pg.Client(database.adminUrl);
    await admin.connect();
  });

  beforeEach(async () => {
    pgbouncer = await database.startPgBouncer({ poolSize: 2 });
  });

  afterEach(() => pgbouncer.stop());

  after(() => admin.end());

  const leave = async (...messages: readonly string[]): Promise<void> => {
    const client = await RawClient.open(pgbouncer.serviceUrl);
    for (const message of messages) expect((await client.ask(message)).error).to.equal(undefined);
    await client.destroy();
  };

  const left: readonly [what: string, message: string, seen: RegExp][] = [
    ["a session's search_path", `set search_path to other`, /search_path is other/],
    ["a session's role", `set role "$OTHER"`, /role is rh_\d+_other/],
    ["a session's time limit", `set statement_timeout = 0`, /statement_timeout is 0/],
    [
      "a session that is read-only",
      `set default_transaction_read_only = on`,
      /default_transaction_read_only is on/,
    ],
    ["a cursor that is held", `declare c cursor with hold for select 1`, /a cursor is open/],
    ["a channel", `listen rowhouse`, /it listens/],
  ];
  for (const [what, message, seen] of left) {
    it(`surveyPool() sees ${what} that was left on one of two server connections`, async () => {
      const [role] = await database.sql<{ role_name: string }>(
        `select role_name from rowhouse.tenant where schema_name = 'other'`,
      );
      await surveyPool(admin, pgbouncer.serviceUrl);
      await leave(message.replace("$OTHER", role?.role_name ?? ""));
      const problem = await rejection(surveyPool(admin, pgbouncer.serviceUrl));
      expect(problem.message).to.match(/^server connection \d+: /);
      expect(problem.message).to.match(seen);
    });
  }

  it("surveyPool() sees a lock that a session has left", async () => {
    await leave(`select pg_advisory_lock(1)`);
    const problem = await rejection(surveyPool(admin, pgbouncer.serviceUrl, new Strangers(), 200));
    expect(problem.message).to.match(/ is not idle; it has ExclusiveLock on advisory$/);
  });

  it("SET ROLE of a session hands its tenant's rows to the next client", async () => {
    const small = await database.startPgBouncer({ poolSize: 1 });
    const [careless, next] = [
      await RawClient.open(small.serviceUrl),
      await RawClient.open(small.serviceUrl),
    ];
    try {
      const read = `select value from other.data`;
      expect(await next.ask(read)).to.include({ error: "42501" });
      await careless.ask(
        `do $$ begin execute format('set role %I', (select rolname from pg_roles
           where rolname ~ ('^rh_' || (select oid from pg_database
             where datname = current_database()) || '_other$'))); end $$`,
      );
      expect((await next.ask(read)).rows).to.deep.equal([["20"]]);
      // A message begins anew.
      const service = openService(small.serviceUrl);
      const tenant = createTenant(service.database, parseHost(HOSTS.acme));
      expect(await tenant`select value from data`).to.deep.equal([{ value: 10 }]);
      await service.close();
    } finally {
      await Promise.all([careless.destroy(), next.destroy()]);
      await small.stop();
    }
  });

  it("search_path as a startup parameter is refused, or is ignored in silence", async () => {
    const url = (base: string): string => `${base}?options=-c%20search_path%3Dacme`;
    const connect = async (base: string): Promise<unknown> => {
      const client = new pg.Client(url(base));
      client.on("error", () => {});
      try {
        await client.connect();
        const { rows } = await client.query<{ search_path: string }>(`show search_path`);
        return rows[0]?.search_path;
      } finally {
        await client.end().catch(() => {});
      }
    };
    expect(await codeOf(connect(pgbouncer.serviceUrl))).to.equal("08P01");
    const lenient = await database.startPgBouncer({
      poolSize: 1,
      settings: { ignore_startup_parameters: "options" },
    });
    try {
      expect(await connect(lenient.serviceUrl)).to.equal(`"$user", public`);
    } finally {
      await lenient.stop();
    }
    expect(await connect(database.serviceUrl)).to.equal("acme");
  });

  it("prepared statements are lost, or are another's, where the pooler does not follow them", async () => {
    const [row] = await pgbouncer.console("SHOW VERSION");
    const [, minor = "0"] = /1\.(\d+)/.exec(String(row?.["version"])) ?? [];
    const small = await database.startPgBouncer({
      poolSize: 1,
      settings: Number(minor) >= 21 ? { max_prepared_statements: "0" } : {},
    });
    const clients = [new pg.Client(small.serviceUrl), new pg.Client(small.serviceUrl)];
    try {
      const prepare = (client: pg.Client | undefined, text: string): PromiseLike<unknown> =>
        client?.query({ name: "same", text, rowMode: "array" }) ?? Promise.resolve();
      for (const client of clients) await client.connect();
      await prepare(clients[0], "select 1");
      // duplicate_prepared_statement
      expect(await codeOf(prepare(clients[1], "select 2"))).to.equal("42P05");
      await clients[1]?.query("deallocate all");
      // invalid_sql_statement_name
      expect(await codeOf(prepare(clients[0], "select 1"))).to.equal("26000");
    } finally {
      for (const client of clients) await client.end();
      await small.stop();
    }
  });

  it("tenants are kept apart while the pooler makes its server connections anew every second", async () => {
    const restless = await database.startPgBouncer({
      poolSize: 1,
      settings: { server_lifetime: "1" },
    });
    const service = openService(restless.serviceUrl, { DATABASE_CONNECTIONS: "4" });
    const acme = createTenant(service.database, parseHost(HOSTS.acme));
    const other = createTenant(service.database, parseHost(HOSTS.other));
    const backends = new Set<unknown>();
    try {
      for (let turn = 0; backends.size < 3; turn += 1) {
        const tenant = turn % 2 === 0 ? acme : other;
        const [row] = await tenant`select value, pg_backend_pid() as pid from data`;
        expect(row?.["value"]).to.equal(turn % 2 === 0 ? 10 : 20);
        backends.add(row?.["pid"]);
      }
      await surveyPool(admin, restless.serviceUrl);
    } finally {
      await service.close();
      await restless.stop();
    }
  });

  it("verify-pooler finds a pool in order, tells of the recipes, and leaves no tenant", async () => {
    await database.sql(
      `alter role ${SERVICE_ROLE} in database ${database.name}
         set client_connection_check_interval = '50ms'`,
    );
    const { status, stdout, stderr } = await runVerb(
      database.adminUrl,
      "verify-pooler",
      pgbouncer.serviceUrl,
    );
    expect([status, stderr], stdout).to.deep.equal([0, ""]);
    expect(stdout).to.match(/^told +session settings: /m);
    expect(stdout).to.match(/\n12 checks held, 0 did not\n$/);
    const tenants = await database.sql(`select schema_name from rowhouse.tenant order by 1`);
    expect(tenants).to.deep.equal([{ schema_name: "acme" }, { schema_name: "other" }]);
  });

  it("verify-pooler works with an admin role that is no superuser", async () => {
    const plain = await createPlainAdmin();
    const { host, port } = serverAddress();
    const pool = await startPgBouncer({
      serverHost: host,
      serverPort: port,
      users: { [plain.serviceRole]: SERVICE_PASSWORD },
      // With one, each look at what is in between waits in vain for a while.
      poolSize: 2,
    });
    try {
      const { pathname } = new URL(plain.serviceUrl);
      await plain.sql(
        `alter role ${plain.serviceRole} in database ${pathname.slice(1)}
           set client_connection_check_interval = '50ms'`,
      );
      const url = pool.url(plain.serviceRole, pathname.slice(1));
      const { status, stdout, stderr } = await runVerb(plain.adminUrl, "verify-pooler", url);
      expect([status, stderr], stdout).to.deep.equal([0, ""]);
      expect(await plain.sql(`select from rowhouse.tenant`)).to.deep.equal([]);
    } finally {
      await pool.stop();
      await plain.drop();
    }
  });

  it("verify-pooler exits 1 where there is no pooler, and 2 for what is no URL", async () => {
    const direct = await runVerb(database.adminUrl, "verify-pooler", database.serviceUrl);
    expect(direct.status).to.equal(1);
    expect(direct.stderr).to.match(/^Cannot verify pooler: the service connects directly/);
    const wrong = await runVerb(database.adminUrl, "verify-pooler", "acme");
    expect(wrong.status).to.equal(2);
  });
});
