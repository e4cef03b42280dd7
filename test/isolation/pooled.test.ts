// The promise: tenants who share one server connection behind a transaction pooler never see a row of
// another, and nothing of a message stays on that connection, however the message ended.
// isolation-control.test.ts shows that this traffic finds foreign rows where there are any.

import { sendText } from "../support/sql/send-text.ts";
import { expect } from "chai";
import { parseHost } from "../../src/host.ts";
import { createTenant, type Tenant } from "../../src/tenant.ts";
import { useDatabase } from "../support/database/database.ts";
import type { PgBouncer } from "../support/server/pgbouncer.ts";
import { codeOf } from "../support/rejection.ts";
import { SERVICE_ROLE } from "../support/server/server.ts";
import { type LocalAnswer, type LocalService, openService } from "../support/program/service.ts";
import * as traffic from "../support/traffic.ts";
import { hostOf, type Operation, type Pair } from "../support/traffic.ts";

const TENANTS = 200;
const CLIENTS = 12;
const EXTRA = { slow: "slow.example.com", gone: "gone.example.com", frozen: "frozen.example.com" };

describe("isolation behind a transaction pooler", () => {
  const database = useDatabase();
  let pgbouncer: PgBouncer;
  let service: LocalService;
  let backend: number;

  const tenantOf = (host: string): Tenant => createTenant(service.database, parseHost(host));
  const ask = async (
    host: string,
    method: string,
    path: string,
    status: number,
    body?: unknown,
  ): Promise<LocalAnswer> => {
    const answer = await service.request(host, method, path, body);
    expect(answer.status, `${method} ${path} of ${host}: ${answer.text}`).to.equal(status);
    return answer;
  };
  const fail = async (promise: PromiseLike<unknown>, code: string): Promise<Pair[]> => {
    expect(await codeOf(promise)).to.equal(code);
    return [];
  };
  const nothing = async (promise: Promise<unknown>): Promise<Pair[]> => {
    await promise;
    return [];
  };

  /** Asks the server connection as the service role, without an entry, what it is set to. */
  const state = async (): Promise<Record<string, unknown>> => {
    const [[row] = []] = await sendText(
      service.database,
      `select pg_backend_pid() as backend,
      session_user::text, current_user::text, current_setting('role') as role,
      current_setting('search_path') as search_path,
      current_setting('statement_timeout') as statement_timeout,
      current_setting('transaction_read_only') as transaction_read_only,
      current_setting('default_transaction_read_only') as default_transaction_read_only,
      current_setting('bytea_output') as bytea_output, current_setting('DateStyle') as date_style`,
    );
    const locks = await database.sql(`select * from pg_locks where pid = ${backend}`);
    return { ...row, locks };
  };
  const expectClean = async (): Promise<void> => {
    expect(await state()).to.deep.equal({
      backend, // one connection all the while: nobody made it clean by making a new one
      session_user: SERVICE_ROLE,
      current_user: SERVICE_ROLE,
      role: "none",
      search_path: '"$user", public',
      statement_timeout: "1min",
      transaction_read_only: "off",
      default_transaction_read_only: "off",
      bytea_output: "hex",
      date_style: "ISO, MDY",
      locks: [],
    });
  };

  const failures: Record<string, (operation: Operation<string>) => Promise<readonly Pair[]>> = {
    syntaxError: ({ tenant }) =>
      fail(tenantOf(hostOf(tenant))`select value from from data`, "42601"),
    missingTable: ({ tenant }) => fail(tenantOf(hostOf(tenant))`select * from absent`, "42P01"),
    divisionByZero: ({ tenant, key }) =>
      fail(
        tenantOf(hostOf(tenant))`update data set value = value / (${key} - ${key}) returning key`,
        "22012",
      ),
    foreignSchema: ({ tenant }) => fail(tenantOf(hostOf(tenant))`select * from gone.data`, "42501"),
    duplicate: ({ tenant, key }) =>
      nothing(ask(hostOf(tenant), "POST", `/data/insert/${key}/1`, 400)),
    duplicates: ({ tenant, key }) =>
      nothing(
        ask(hostOf(tenant), "POST", "/data", 400, [
          { key: 77, value: 1 },
          { key, value: 1 },
        ]),
      ),
    failingBatch: ({ tenant, key }) => {
      const tag = tenantOf(hostOf(tenant));
      const undone = tag`update data set value = 0 where key = ${key} returning key`;
      return fail(tag.batch([undone, tag`select 1 / 0`]), "22012");
    },
    thrownTransaction: ({ tenant, key }) => {
      const work = tenantOf(hostOf(tenant)).begin(async (tx) => {
        await tx`update data set value = 0 where key = ${key} returning key`;
        await tx`select 1 / 0`;
      });
      return fail(work, "22012");
    },
    unknownHost: ({ key }) => nothing(ask("nobody.example.com", "GET", `/data/${key}`, 404)),
    suspended: ({ key }) => nothing(ask(EXTRA.gone, "GET", `/data/${key}`, 403)),
    readOnly: ({ key }) => nothing(ask(EXTRA.frozen, "PUT", `/data/${key}`, 423, { value: 1 })),
    timeout: () => fail(tenantOf(EXTRA.slow)`select pg_sleep(20)`, "57014"),
  };

  const successes: Record<string, (operation: Operation<string>) => Promise<readonly Pair[]>> = {
    async read({ tenant, key }) {
      const { json } = await ask(hostOf(tenant), "GET", `/data/get/${key}`, 200);
      return [{ key, ...(json as { value: number }) }];
    },
    async list({ tenant }) {
      const { json } = await ask(hostOf(tenant), "GET", "/data?limit=10", 200);
      const { items } = json as { items: Pair[] };
      expect(items.length).to.be.at.least(traffic.SEEDED_KEYS);
      return items;
    },
    async write({ tenant, key, value }) {
      const { json } = await ask(hostOf(tenant), "PUT", `/data/${key}`, 200, { value });
      return [{ key, ...(json as { value: number }) }];
    },
    async replace({ tenant, key }) {
      const tag = tenantOf(hostOf(tenant));
      const other = key + traffic.SEEDED_KEYS;
      const [, , rows] = await tag.batch([
        tag`delete from data where key = ${other} returning key`,
        tag`insert into data values (${other}, ${traffic.valueOf(tenant, other)}) returning key`,
        tag<{ key: number; value: number }>`select * from data`,
      ]);
      return rows;
    },
    transaction: ({ tenant, key }) =>
      tenantOf(hostOf(tenant)).begin(async (tx) => {
        await tx`select pg_backend_pid()`;
        return tx<{ key: number; value: number }>`select * from data where key = ${key}`;
      }),
  };

  before(async () => {
    await traffic.addTrafficTenants(database, TENANTS);
    await database.addTenants(EXTRA);
    await database.sql(
      `update rowhouse.tenant set statement_timeout_ms = 20 where schema_name = 'slow'`,
      `update rowhouse.tenant set status = 'suspended' where schema_name = 'gone'`,
      `update rowhouse.tenant set status = 'read_only' where schema_name = 'frozen'`,
    );
    pgbouncer = await database.startPgBouncer({ poolSize: 1 });
    service = openService(pgbouncer.url(SERVICE_ROLE, database.name), {
      DATABASE_CONNECTIONS: String(CLIENTS),
    });
    backend = Number(
      (await sendText(service.database, "select pg_backend_pid()"))[0]?.[0]?.["pg_backend_pid"],
    );
  });

  after(async () => {
    await service.close();
    await pgbouncer.stop();
  });

  it("enter_tenant() leaves nothing on the connection when all goes well", async () => {
    for (const perform of Object.values(successes)) {
      await perform({ kind: "", tenant: 1, key: 1, value: traffic.valueOf(1, 1) });
      await expectClean();
    }
  });

  for (const [kind, perform] of Object.entries(failures)) {
    it(`enter_tenant() leaves nothing on the connection after this failure: ${kind}`, async () => {
      await perform({ kind, tenant: 2, key: 2, value: traffic.valueOf(2, 2) });
      await expectClean();
      const pairs = await successes["read"]?.({ kind, tenant: 3, key: 3, value: 0 });
      expect(pairs).to.deep.equal([{ key: 3, value: traffic.valueOf(3, 3) }]);
    });
  }

  it("enter_tenant() keeps two hundred tenants apart in thousands of messages on one connection", async () => {
    const performers = { ...successes, ...failures };
    const weights = Object.fromEntries(Object.keys(performers).map((kind) => [kind, 4]));
    const { counts, values, foreign } = await traffic.runTraffic({
      seed: 20_260_801,
      operations: 4000,
      tenants: TENANTS,
      callers: 40,
      weights: { ...weights, read: 40, write: 25, list: 15, timeout: 1 },
      perform: async (operation) => (await performers[operation.kind]?.(operation)) ?? [],
    });
    expect(foreign).to.deep.equal([]);
    expect(values).to.be.above(5000);
    for (const [kind, count] of Object.entries(counts)) expect(count, kind).to.be.above(20);
    await expectClean();

    const [stray] = await database.sql<{ pairs: number; stray: number }>(
      `select count(*)::int as pairs, (count(*) filter (where value <> tenant * 1000000 + key))::int as stray
        from (${Array.from({ length: TENANTS }, (_, index) => `select ${index + 1} as tenant, * from ${traffic.schemaOf(index + 1)}.data`).join(" union all ")}) as everything`,
    );
    expect(stray?.stray).to.equal(0);
    expect(stray?.pairs).to.be.above(TENANTS * traffic.SEEDED_KEYS);
    const pools = (await pgbouncer.console("SHOW POOLS")).find(
      (pool) => pool["database"] === database.name,
    );
    expect(Number(pools?.["cl_active"]) + Number(pools?.["cl_waiting"])).to.equal(CLIENTS);
    expect(Number(pools?.["sv_active"]) + Number(pools?.["sv_idle"])).to.equal(1);
  });
});
