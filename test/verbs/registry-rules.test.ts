// The promise: there is no cache. What the registry says when a message begins is what the message
// meets, whatever the service has seen before. The registry is changed here by plain SQL, as the verbs
// change it.

import { expect } from "chai";
import { parseHost } from "../../src/host.ts";
import { createTenant } from "../../src/tenant.ts";
import { createTestDatabase, type TestDatabase } from "../support/database/database.ts";
import { codeOf } from "../support/rejection.ts";
import { holdRow } from "../support/database/row-lock.ts";
import { type LocalAnswer, type LocalService, openService } from "../support/program/service.ts";

const ACME = "acme.example.com";
const OTHER = "other.example.com";

describe("the registry's rules", () => {
  let database: TestDatabase;
  let service: LocalService;

  beforeEach(async () => {
    database = await createTestDatabase();
    await database.addTenants({ acme: ACME, other: OTHER });
    await database.sql(
      `insert into acme.data values (1, 10)`,
      `insert into other.data values (1, 20)`,
    );
    service = openService(database.serviceUrl);
    await service.request(ACME, "GET", "/data/1");
  });

  afterEach(async () => {
    await service.close();
    await database.drop();
  });

  const setStatus = (schemaName: string, status: string): Promise<unknown> =>
    database.sql(
      `update rowhouse.tenant set status = '${status}' where schema_name = '${schemaName}'`,
    );
  const addHost = (host: string, schemaName: string): Promise<unknown> =>
    database.sql(`insert into rowhouse.domain
      select '${host}', schema_name, role_name, status, statement_timeout_ms
        from rowhouse.tenant where schema_name = '${schemaName}'`);
  const removeHost = (host: string): Promise<unknown> =>
    database.sql(`delete from rowhouse.domain where host = '${host}'`);
  const read = (host: string): Promise<LocalAnswer> => service.request(host, "GET", "/data/1");
  const expectValue = async (host: string, value: number): Promise<void> => {
    const { status, json } = await read(host);
    expect([status, json], host).to.deep.equal([200, { value }]);
  };
  const expectProblem = (answer: LocalAnswer, status: number, code: string): void => {
    expect(answer.json).to.include({ status, code });
    expect(answer.status).to.equal(status);
  };

  describe("for the status of a tenant", () => {
    it("enter_tenant() refuses a suspended tenant from the next message on, by every host", async () => {
      await addHost("acme.example.net", "acme");
      await setStatus("acme", "suspended");
      for (const host of [ACME, "acme.example.net"]) {
        expectProblem(await read(host), 403, "TENANT_SUSPENDED");
        const put = await service.request(host, "PUT", "/data/1", { value: 0 });
        expectProblem(put, 403, "TENANT_SUSPENDED");
      }
      const tenant = createTenant(service.database, parseHost(ACME));
      expect(await codeOf(tenant.begin(async (tx) => tx`select 1`))).to.equal("RH403");
      await expectValue(OTHER, 20);
      await setStatus("acme", "active");
      await expectValue(ACME, 10);
    });

    it("rowhouse.domain has the status of its tenant, by the foreign key and no other", async () => {
      await addHost("acme.example.net", "acme");
      await setStatus("acme", "suspended");
      const rows = await database.sql(
        `select host, status from rowhouse.domain where schema_name = 'acme' order by host`,
      );
      expect(rows).to.deep.equal([
        { host: ACME, status: "suspended" },
        { host: "acme.example.net", status: "suspended" },
      ]);
      const lie = database.sql(
        `update rowhouse.domain set status = 'active' where host = '${ACME}'`,
      );
      expect(await codeOf(lie)).to.equal("23503");
      expect(await codeOf(setStatus("acme", "asleep"))).to.equal("23514");
      expectProblem(await read(ACME), 403, "TENANT_SUSPENDED");
    });

    it("enter_tenant() lets a message end that began before the tenant was suspended", async () => {
      const lock = await holdRow(database, "acme", 1);
      const begun = service.request(ACME, "PUT", "/data/1", { value: 11 });
      await lock.waiting(1);
      await setStatus("acme", "suspended");
      expectProblem(await read(ACME), 403, "TENANT_SUSPENDED");
      await lock.release();
      expect((await begun).status).to.equal(200);
    });

    it("enter_tenant() lets a read-only tenant read and not write", async () => {
      await setStatus("acme", "read_only");
      await expectValue(ACME, 10);
      expect((await service.request(ACME, "GET", "/data")).status).to.equal(200);
      const writes: readonly [method: string, path: string, body?: unknown][] = [
        ["POST", "/data/insert/2/20"],
        ["PUT", "/data/1", { value: 11 }],
        ["DELETE", "/data/1"],
        ["POST", "/data", [{ key: 2, value: 20 }]],
      ];
      for (const [method, path, body] of writes) {
        expectProblem(await service.request(ACME, method, path, body), 423, "TENANT_READ_ONLY");
        expect((await service.request(OTHER, "PUT", "/data/2", { value: 2 })).status).to.be.below(
          202,
        );
      }
      const tenant = createTenant(service.database, parseHost(ACME));
      const write = tenant.begin(async (tx) => tx`delete from data returning key`);
      expect(await codeOf(write)).to.equal("25006");
      expect(await database.sql(`select key, value from acme.data`)).to.deep.equal([
        { key: 1, value: 10 },
      ]);
      await setStatus("acme", "active");
      expect((await service.request(ACME, "PUT", "/data/1", { value: 11 })).status).to.equal(200);
    });

    it("enter_tenant() sets the tenant's own time limit from the next message on", async () => {
      const tenant = createTenant(service.database, parseHost(ACME));
      const limit = async (): Promise<unknown> => {
        const [row] = await tenant`select current_setting('statement_timeout') as limit`;
        return row?.["limit"];
      };
      expect(await limit()).to.equal("10s");
      await database.sql(
        `update rowhouse.tenant set statement_timeout_ms = 25 where schema_name = 'acme'`,
      );
      expect(await limit()).to.equal("25ms");
      expect(await codeOf(tenant`select pg_sleep(20)`)).to.equal("57014");
      expect(await codeOf(tenant.begin(async (tx) => tx`select pg_sleep(20)`))).to.equal("57014");
    });
  });

  describe("for the hosts of a tenant", () => {
    it("enter_tenant() takes host:port before host before *.parent", async () => {
      await database.addTenants({ wild: "*.example.org", named: "a.example.org" });
      await database.addTenants({ exact: "a.example.org:8443" });
      await database.sql(
        `insert into wild.data values (1, 1)`,
        `insert into named.data values (1, 2)`,
        `insert into exact.data values (1, 3)`,
      );
      await expectValue("a.example.org:8443", 3);
      await expectValue("A.Example.ORG.:8443", 3);
      await expectValue("a.example.org:8444", 2);
      await expectValue("a.example.org", 2);
      await expectValue("b.example.org", 1);
      await expectValue("b.example.org:8443", 1);
      // A wildcard stands for one label, and for no host that is its own parent.
      for (const host of ["a.b.example.org", "example.org", "*.example.org", "xexample.org"]) {
        expect((await read(host)).status, host).to.be.oneOf([400, 404]);
      }
      await removeHost("a.example.org:8443");
      await expectValue("a.example.org:8443", 2);
      await removeHost("a.example.org");
      await expectValue("a.example.org:8443", 1);
      await removeHost("*.example.org");
      expectProblem(await read("a.example.org:8443"), 404, "TENANT_NOT_FOUND");
    });

    it("enter_tenant() does not fall through to a wildcard when the nearer host is suspended", async () => {
      await database.addTenants({ wild: "*.example.com" });
      await database.sql(`insert into wild.data values (1, 1)`);
      await expectValue("new.example.com", 1);
      await setStatus("acme", "suspended");
      expectProblem(await read(ACME), 403, "TENANT_SUSPENDED");
      await removeHost(ACME);
      await expectValue(ACME, 1);
    });

    it("enter_tenant() knows a removed host no longer from the next message on, and an added one", async () => {
      await removeHost(ACME);
      expectProblem(await read(ACME), 404, "TENANT_NOT_FOUND");
      await addHost(ACME, "other");
      await expectValue(ACME, 20);
      await removeHost(ACME);
      await addHost(ACME, "acme");
      await expectValue(ACME, 10);
    });

    it("rowhouse.domain gives a host to one tenant", async () => {
      expect(await codeOf(addHost(ACME, "other"))).to.equal("23505");
      await expectValue(ACME, 10);
    });
  });
});
