// The verbs: each as a program once, with the exit status of each kind of end; and those on tenants and hosts:
// what they change, what they print, and that what fails leaves nothing behind.

import { expect } from "chai";
import { useDatabase } from "../support/database/database.ts";
import { openOwnServer } from "../support/server/own-server.ts";
import { openService } from "../support/program/service.ts";
import { performVerb, runVerb, startVerb, type VerbResult } from "../support/program/verb.ts";

describe("verbs", () => {
  const database = useDatabase({ first: "first.example" });

  const verb = (name: string, ...parameters: string[]): Promise<VerbResult> =>
    runVerb(database.adminUrl, name, ...parameters);
  const program = (name: string, ...parameters: string[]): Promise<VerbResult> =>
    startVerb(database, name, ...parameters).result;

  /** Everything that a tenant consists of, to see that nothing was left or lost. */
  const state = (): Promise<Record<string, unknown>[]> =>
    database.sql(`
      select 'schema' as kind, nspname::text as name from pg_namespace
      union all select 'role', rolname from pg_roles where rolname like 'rh\\_%'
      union all select 'tenant', schema_name from rowhouse.tenant
      union all select 'domain', host || ' of ' || schema_name from rowhouse.domain
      order by 1, 2`);

  const refuses = async (call: Promise<VerbResult>, line: string, status = 1): Promise<void> => {
    const before = await state();
    const result = await call;
    expect(result.stderr).to.equal(`${line}\n`);
    expect(result.status).to.equal(status);
    expect(result.stdout).to.equal("");
    expect(await state()).to.deep.equal(before);
  };

  it("add-tenant creates a tenant that serves at each of its hosts", async () => {
    const result = await program("add-tenant", "ACME.example.", "acme", "--host", "*.acme.test");
    expect(result).to.deep.equal({
      status: 0,
      stdout: 'Added tenant "acme" at acme.example, *.acme.test\n',
      stderr: "",
    });
    const service = openService(database.serviceUrl);
    try {
      const put = await service.request("acme.example", "PUT", "/data/1", { value: 5 });
      expect(put.status).to.equal(201);
      const got = await service.request("www.acme.test", "GET", "/data/1");
      expect(got.json).to.deep.equal({ value: 5 });
      expect((await service.request("first.example", "GET", "/data/1")).status).to.equal(404);
    } finally {
      await service.close();
    }
  });

  it("add-tenant prints JSON for a machine, errors included", async () => {
    const done = await program("add-tenant", "json.example", "json", "--json");
    const made = { schemaName: "json", hosts: ["json.example"], settings: {} };
    expect(JSON.parse(done.stdout)).to.deep.equal(made);
    const failed = await program("add-tenant", "json.example", "json2", "--json");
    expect(failed.status).to.equal(1);
    expect(JSON.parse(failed.stderr)).to.have.property("error").that.includes("json.example");
  });

  it("add-tenant refuses what exists, and leaves nothing behind", async () => {
    await refuses(
      verb("add-tenant", "new.example", "first"),
      'Cannot add tenant: schema "first" is a tenant already; ' +
        "choose another name, or remove that one first",
    );
    await refuses(
      verb("add-tenant", "new.example", "fresh", "--host", "first.example"),
      'Cannot add host: "first.example" already belongs to a tenant; ' +
        "see node admin/list-tenants.js, and node admin/remove-domain.js first.example",
    );
    await database.sql("create schema stray");
    await refuses(
      verb("add-tenant", "new.example", "stray"),
      'Cannot add tenant: schema "stray" exists without a tenant; ' +
        "choose another name, or remove that one first",
    );
  });

  it("add-tenant refuses names that are none", async () => {
    const schema = verb("add-tenant", "new.example", 'x"; --');
    await refuses(
      schema,
      'Cannot use schema name "x\\"; --": it must be 1 to 48 characters of a-z, 0-9 and "_", ' +
        "and not begin with a digit; choose another",
    );
    const before = await state();
    const host = await verb("add-tenant", "'; drop schema x", "fresh");
    expect(host.status).to.equal(1);
    expect(host.stderr).to.match(/^Cannot read host: "[^\n]*\n$/);
    expect(await state()).to.deep.equal(before);
  });

  it("add-tenant, twice at the same moment for one schema, is won by one", async () => {
    const calls = ["a", "b", "c"].map((name) => verb("add-tenant", `${name}.example`, "contested"));
    const results = await Promise.all(calls);
    expect(results.map(({ status }) => status)).to.have.members([0, 1, 1]);
    for (const { status, stderr } of results) {
      if (status !== 1) continue;
      expect(stderr).to.equal(
        'Cannot add tenant: schema "contested" is a tenant already; ' +
          "choose another name, or remove that one first\n",
      );
    }
    const domains = await database.sql(
      "select host from rowhouse.domain where schema_name = 'contested'",
    );
    expect(domains).to.have.length(1);
  });

  it("wrong usage exits 2 and says where the help is", async () => {
    await refuses(
      program("add-tenant", "only.example"),
      "Cannot run add-tenant: it takes HOST SCHEMA, got 1; " +
        "see node admin/add-tenant.js --help",
      2,
    );
    const { status, stderr } = await program("list-tenants", "--nonsense");
    expect(status).to.equal(2);
    expect(stderr).to.match(/^Cannot run list-tenants: [^\n]*--nonsense[^\n]*--help\n$/);
  });

  it("what is done in part exits 3", async () => {
    const parameters = ["--sql", "select count(*) from first.data", "--concurrency", "1"];
    const { status, stdout, stderr } = await program("each-tenant", ...parameters);
    expect([status, stderr]).to.deep.equal([3, ""]);
    expect(stdout)
      .to.match(/^first +0$/m)
      .and.to.match(/^Ran in 1 tenant, [^\n]* failed$/m);
  });

  it("add-domain and remove-domain move a host, in force for the next request", async () => {
    const service = openService(database.serviceUrl);
    const status = async (): Promise<number> =>
      (await service.request("moved.example", "GET", "/data")).status;
    try {
      expect(await status()).to.equal(404);
      expect((await verb("add-domain", "moved.example", "first")).status).to.equal(0);
      expect(await status()).to.equal(200);
      await refuses(
        verb("add-domain", "moved.example", "acme"),
        'Cannot add host: "moved.example" already belongs to a tenant; ' +
          "see node admin/list-tenants.js, and node admin/remove-domain.js moved.example",
      );
      expect((await verb("remove-domain", "Moved.Example")).status).to.equal(0);
      expect(await status()).to.equal(404);
    } finally {
      await service.close();
    }
    await refuses(
      verb("remove-domain", "moved.example"),
      'Cannot remove host: "moved.example" does not belong to a tenant; see node admin/list-tenants.js',
    );
    await refuses(
      verb("add-domain", "moved.example", "nobody"),
      'Cannot add host: tenant "nobody" does not exist; see node admin/list-tenants.js',
    );
  });

  it("remove-domain leaves the hosts of a tenant that is being moved", async () => {
    const set = (transition: string): Promise<unknown> =>
      database.sql(
        `update rowhouse.tenant set transition = ${transition} where schema_name = 'first'`,
      );
    await set("'moving'");
    const line =
      'Cannot remove host: tenant "first": it is being moved; finish with node admin/move-tenant.js first';
    await refuses(verb("remove-domain", "first.example"), line);
    await set("null");
  });

  it("list-tenants lists tenants with their hosts", async () => {
    const { stdout } = await verb("list-tenants");
    expect(stdout).to.match(/^SCHEMA +STATUS +VERSION +HOSTS\n/);
    expect(stdout).to.match(/^first +active +2 0002-updated-at +first\.example$/m);
    const listed = JSON.parse((await verb("list-tenants", "--json")).stdout) as unknown[];
    const [row] = await database.sql<{ n: number }>(
      "select count(*)::int as n from rowhouse.tenant",
    );
    expect(listed).to.have.length(row?.n ?? -1);
  });

  it("a verb names the variable that it connected with, and asks for the admin role where that lacks a privilege", async () => {
    const env = { DATABASE_URL: database.serviceUrl };
    const { stderr } = await performVerb({ adminUrl: "", env }, "list-tenants");
    expect(stderr).to.match(
      /^Cannot finish: permission denied .* \(SQLSTATE 42501\); check that DATABASE_URL has the admin role$/m,
    );
  });

  it("an unreachable database is one line without the password", async () => {
    const url = "postgres://admin:planted-secret@127.0.0.1:1/app";
    expect(await startVerb({ adminUrl: url }, "list-tenants").result).to.deep.equal({
      status: 1,
      stdout: "",
      stderr:
        "Cannot connect to the database: ECONNREFUSED; check ADMIN_DATABASE_URL, and that PostgreSQL is running\n",
    });
  });

  it("a URL without the password that is needed ends at once, in one line", async () => {
    const server = await openOwnServer({});
    try {
      const url = new URL(server.serviceUrl);
      url.password = "";
      const { status, stderr } = await startVerb({ adminUrl: url.href }, "list-tenants").result;
      expect(status).to.equal(1);
      expect(stderr).to.match(/^Cannot finish: [^\n]*password must be a string\n$/);
    } finally {
      await server.remove();
    }
  });

  it("no URL at all says which variable to set", async () => {
    const { status, stderr } = await startVerb({ adminUrl: "" }, "list-tenants").result;
    expect(status).to.equal(1);
    expect(stderr).to.match(/^Cannot connect: [^\n]*set ADMIN_DATABASE_URL to postgres:[^\n]*\n$/);
  });
});
