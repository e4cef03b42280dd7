// The promise: a tenant that is named by its schema is as isolated as one that is named by its host, whatever text a
// client writes as the name.

import { expect } from "chai";
import { Router } from "itty-router";
import { type OpenDatabase } from "../../src/database/database.ts";
import { openDatabase } from "../../src/database/open-database.ts";
import { AppError } from "../../src/errors.ts";
import type { Exchange, TenantExchange } from "../../src/http/exchange.ts";
import { createTenancy, type Tenancy } from "../../src/http/tenancy.ts";
import { type FoundTenant, withTenant, withTenantBy } from "../../src/http/with-tenant.ts";
import { createLog } from "../../src/log.ts";
import { createTenant } from "../../src/tenant.ts";
import { useDatabase } from "../support/database/database.ts";
import { redirect } from "../support/network/redirect.ts";
import { rejection } from "../support/rejection.ts";
import { serverAddress } from "../support/server/server.ts";
import { openWireTap, type WireTap } from "../support/network/wire.ts";

const read = ({ tenant }: TenantExchange) => tenant`select value from data`;

describe("withTenantBy()", () => {
  const database = useDatabase({ acme: "acme.example.com", other: "other.example.com" });
  let service: OpenDatabase;
  let tap: WireTap;
  let tenancy: Tenancy;
  let lines: Record<string, unknown>[];
  let found: () => FoundTenant | Promise<FoundTenant>;

  before(async () => {
    await database.sql(
      "insert into acme.data values (1, 10)",
      "insert into other.data values (1, 20)",
    );
    tap = await openWireTap(serverAddress());
    service = openDatabase({ url: redirect(database.serviceUrl, tap.port), connections: 2 });
    const byHeader = withTenantBy(({ request }) => ({ schema: request.headers.get("x-tenant") }));
    const router = Router<Exchange>()
      .get("/header", byHeader, read)
      .get(
        "/found",
        withTenantBy(() => found()),
        read,
      )
      .get("/host", withTenant, read)
      .get(
        "/named/:tenant",
        withTenantBy(({ params }) => ({ schema: params["tenant"] })),
        read,
      )
      .get(
        "/write/:tenant",
        withTenantBy(({ params }) => ({ schema: params["tenant"] })),
        (exchange) =>
          (exchange as TenantExchange)
            .tenant`insert into data (key, value) values (7, 7) returning key`,
      )
      .get(
        "/wait/:tenant",
        withTenantBy(({ params }) => ({ schema: params["tenant"] })),
        ({ tenant }: TenantExchange) => tenant`select pg_sleep(0.3)`,
      )
      .get("/wait-host", withTenant, ({ tenant }: TenantExchange) => tenant`select pg_sleep(0.3)`)
      .get(
        "/its-host",
        withTenantBy(() => found()),
        ({ host }: TenantExchange) => host,
      );
    lines = [];
    const log = createLog("info", (line) =>
      lines.push(JSON.parse(line) as Record<string, unknown>),
    );
    tenancy = createTenancy({ router, log, limits: { tenantInFlight: 2 } });
  });

  beforeEach(() => {
    found = () => undefined;
    lines.length = 0;
    tap.clear();
  });

  after(async () => {
    await service.close(1);
    await tap.close();
  });

  const ask = async (
    path: string,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; json: unknown; code: unknown }> => {
    const response = await tenancy.fetch(
      new Request(`http://localhost${path}`, { headers }),
      service,
    );
    const json = (await response.json()) as { code?: unknown };
    return { status: response.status, json, code: json.code };
  };

  it("finds the tenant by a part of the path, a header or a promise, in one message", async () => {
    found = () => Promise.resolve({ schema: "acme" });
    for (const [path, headers] of [
      ["/named/acme", {}],
      ["/header", { "x-tenant": "acme", host: "other.example.com" }],
      ["/found", {}],
    ] as const) {
      tap.clear();
      expect(await ask(path, headers), path).to.deep.include({
        status: 200,
        json: [{ value: 10 }],
      });
      expect(tap.count("Q"), path).to.equal(1);
    }
    expect((await ask("/named/other")).json).to.deep.equal([{ value: 20 }]);
    expect(lines.at(-1)).to.include({ tenant: "other", status: 200 }).and.not.have.property("host");
  });

  it("finds it by another host than the request's, which the exchange then shows", async () => {
    found = () => "Other.example.com:80";
    expect((await ask("/found", { host: "acme.example.com" })).json).to.deep.equal([{ value: 20 }]);
    expect((await ask("/its-host")).json).to.equal("other.example.com:80");
    found = () => ({ schema: "acme" });
    expect((await ask("/its-host")).status).to.equal(500);
  });

  it("fails closed when the name is missing, and when it cannot be found", async () => {
    const nothing: unknown[] = [
      undefined,
      null,
      {},
      { schema: undefined },
      { schema: ["acme"] },
      1,
    ];
    for (const value of nothing) {
      found = () => value as FoundTenant;
      expect((await ask("/found")).code, JSON.stringify(value)).to.equal("TENANT_NOT_FOUND");
    }
    expect((await ask("/header")).code).to.equal("TENANT_NOT_FOUND");
    found = () =>
      Promise.reject(new AppError("VALUE_INVALID", "Cannot read token: it has expired"));
    expect(await ask("/found")).to.include({ status: 400, code: "VALUE_INVALID" });
    found = () => {
      throw new Error("planted");
    };
    expect(await ask("/found")).to.include({ status: 500, code: "INTERNAL" });
    found = () => "a..b";
    expect((await ask("/found")).code).to.equal("HOST_INVALID");
    expect(tap.count("Q")).to.equal(0);
  });

  it("takes a schema's name as a value: no other text gets as far as the database", async () => {
    const hostile = [
      "",
      "Acme",
      "acme ",
      "acme\0",
      "acme'",
      `acme"`,
      "acme\\",
      "acme');select 1;--",
      "=acme",
      "a".repeat(49),
      "acme\n",
      "асme",
      "{acme}",
    ];
    for (const schema of hostile) {
      found = () => ({ schema });
      expect((await ask("/found")).code, schema).to.equal("TENANT_NOT_FOUND");
    }
    expect(tap.count("Q")).to.equal(0);
    for (const schema of ["rowhouse", "public", "pg_catalog", "information_schema", "nobody"]) {
      found = () => ({ schema });
      expect((await ask("/found")).code, schema).to.equal("TENANT_NOT_FOUND");
    }
    expect(tap.count("Q")).to.equal(5);
  });

  it("the database decides: suspended, read-only, its own privileges", async () => {
    const set = (status: string): Promise<unknown> =>
      database.sql(`update rowhouse.tenant set status = '${status}' where schema_name = 'acme'`);
    await set("suspended");
    expect((await ask("/named/acme")).code).to.equal("TENANT_SUSPENDED");
    await set("read_only");
    expect((await ask("/named/acme")).status).to.equal(200);
    expect((await ask("/write/acme")).code).to.equal("TENANT_READ_ONLY");
    await set("active");
    const acme = createTenant(service, { schema: "acme" });
    expect(await rejection(acme`select * from other.data`)).to.include({ code: "42501" });
    expect(
      await acme.begin((tx) => tx`select current_schema() as name`.then(([row]) => row)),
    ).to.deep.equal({
      name: "acme",
    });
  });

  it("enter_schema() may be called by the service role alone", async () => {
    const rows = await database.sql(
      `select p.proname::text as name from pg_proc as p
        where pronamespace = 'rowhouse'::regnamespace and has_function_privilege('public', p.oid, 'EXECUTE')`,
    );
    expect(rows).to.deep.equal([]);
  });

  it("counts a tenant as one, however a request names it", async () => {
    // Known by its host alone, it counts for its tenant by its schema, too.
    await ask("/host", { host: "acme.example.com" });
    const answers = await Promise.all([
      ask("/wait-host", { host: "acme.example.com" }),
      ask("/wait/acme"),
      ask("/wait/acme"),
      ask("/wait-host", { host: "acme.example.com" }),
      ask("/named/other"),
    ]);
    const statuses = answers.map(({ status }) => status);
    expect(statuses.pop()).to.equal(200);
    expect(statuses).to.have.members([200, 200, 429, 429]);
  });
});
