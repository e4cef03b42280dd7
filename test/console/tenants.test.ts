// The operator page's server on tenants: what it lists, and the verbs that it calls, on a registry that a
// service is served from.

import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type {
  Fleet,
  AdoptionPlanView,
  FleetSizes,
  Job,
  Migrations,
  NewTenantCheck,
  TenantDetail,
  TenantPage,
  Work,
} from "../../admin/console/api.ts";
import { openTestConsole, type TestConsole } from "../support/console/console.ts";
import { useDatabase } from "../support/database/database.ts";
import { makeMigrations, type MigrationsFolder } from "../support/sql/migrations.ts";
import { type LocalService, openService } from "../support/program/service.ts";
import { until } from "../support/until.ts";

const ACME = "acme.example.com";
const HOSTILE = `<script>alert("it's & me")</script>`;

describe("console tenants", () => {
  const database = useDatabase();
  let migrations: MigrationsFolder;
  let service: LocalService;
  let folder: string;
  let console: TestConsole;

  before(async () => {
    migrations = await makeMigrations();
    await migrations.write("0001-data", [
      'create table "${schema}".data (key int primary key, value int)',
    ]);
    await database.addTenants(
      { acme: ACME, beta: "beta.example.com", gamma: "xn--bcher-kva.example" },
      migrations.folder,
    );
    await database.sql("insert into beta.data select i, i from generate_series(1, 5000) i");
    service = openService(database.serviceUrl);
    folder = await mkdtemp(join(tmpdir(), "rowhouse-exports-"));
    console = await openTestConsole(database.adminUrl, {
      migrations: migrations.folder,
      exports: folder,
    });
  });

  after(async () => {
    await console.close();
    await service.close();
    await migrations.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const put = async (host = ACME): Promise<number> =>
    (await service.request(host, "PUT", "/data/1", { value: 1 })).status;
  const jobEnds = async (id: string): Promise<Job> => {
    const find = async (): Promise<Job | undefined> =>
      (await console.get<readonly Job[]>("/api/jobs")).find((job) => job.id === id);
    await until("the job does not end", async () => (await find())?.state !== "running");
    return (await find())!;
  };
  const namesOf = ({ tenants }: TenantPage): readonly string[] =>
    tenants.map(({ schemaName }) => schemaName);

  it("POST suspend and resume are in force for the service when they are answered", async () => {
    expect(await put()).to.equal(201);
    const suspended = await console.post("/tenants/acme/suspend");
    expect(suspended.json).to.deep.equal({
      schemaName: "acme",
      status: "suspended",
      statementTimeoutMs: 10_000,
      stillRunning: 0,
    });
    expect(await put()).to.equal(403);
    await console.post("/tenants/acme/resume");
    expect(await put()).to.equal(200);
  });

  it("PATCH makes a tenant read-only, and bounds its statements as set-tenant does", async () => {
    const set = (body: object) => console.change("PATCH", "/tenants/acme", body);
    expect((await set({ readOnly: true, statementTimeoutMs: 1234 })).json).to.include({
      status: "read_only",
      statementTimeoutMs: 1234,
    });
    expect(await put()).to.equal(423);
    expect((await set({ readOnly: false })).json).to.include({
      status: "active",
      statementTimeoutMs: 1234,
    });
    expect(await put()).to.equal(200);
    const { events } = await console.get<TenantDetail>("/api/tenants/acme");
    expect(events[0]).to.deep.include({
      actor: `${userInfo().username} (console)`,
      verb: "set-tenant",
      change: "status read_only → active",
    });
    expect(events.map(({ verb }) => verb)).to.deep.equal([
      ...["set-tenant", "set-tenant", "resume-tenant", "suspend-tenant", "add-tenant"],
    ]);
    for (const wrong of [
      {},
      { readOnly: "yes" },
      { statementTimeoutMs: 0 },
      { statementTimeoutMs: 86_400_001 },
      { statementTimeoutMs: "1" },
      { statementTimeoutMs: 1.5 },
      { set: { plan: "pro" } },
    ]) {
      expect((await set(wrong)).status, JSON.stringify(wrong)).to.equal(400);
    }
  });

  it("PATCH settings sets and removes settings with the bounds and the errors of set-tenant", async () => {
    const set = (body: object) => console.change("PATCH", "/tenants/acme/settings", body);
    const settings = { plan: "pro", seats: 25 };
    expect((await set({ set: settings })).json).to.deep.include({ settings });
    for (const [body, problem] of [
      [{ set: { "a b": 1 } }, "a name begins with a letter"],
      [{ set: { a: 1 }, unset: ["a"] }, "it is both set and removed"],
      [{ set: { a: "x".repeat(8184) } }, "and may have 8192"],
    ] as const) {
      const { status, json } = await set(body);
      expect(status).to.equal(400);
      expect(json).to.have.property("detail").that.includes(problem);
    }
    expect(await console.get("/api/tenants/acme")).to.deep.include({ settings });
    expect((await set({ unset: ["plan", "seats"] })).json).to.deep.include({ settings: {} });
  });

  it("PUT and DELETE of a host hold for the next request, and take from no other tenant", async () => {
    const change = (method: string, tenant: string, host: string) =>
      console.change(method, `/tenants/${tenant}/hosts/${encodeURIComponent(host)}`);
    const added = await change("PUT", "acme", "WWW.Acme.example.");
    expect(added.json).to.deep.equal({ host: "www.acme.example", schemaName: "acme" });
    expect(await put("www.acme.example")).to.equal(200);
    expect((await change("DELETE", "beta", "www.acme.example")).status).to.equal(404);
    expect(await put("www.acme.example")).to.equal(200);
    const taken = await change("PUT", "beta", ACME);
    expect(taken.status).to.equal(409);
    expect(taken.json)
      .to.have.property("detail")
      .that.includes(`"${ACME}" already belongs to a tenant`);
    await change("DELETE", "acme", "www.acme.example");
    expect(await put("www.acme.example")).to.equal(404);
    expect((await change("PUT", "acme", HOSTILE)).status).to.equal(400);
  });

  it("POST rename leaves the tenant's hosts and rows where they were", async () => {
    const renamed = await console.post("/api/tenants/acme/rename", { schemaName: "acme_inc" });
    expect(renamed.json).to.deep.equal({
      schemaName: "acme_inc",
      before: "acme",
      stillRunning: 0,
    });
    expect(await put()).to.equal(200);
    const taken = await console.post("/api/tenants/acme_inc/rename", { schemaName: "beta" });
    expect(taken.status).to.equal(409);
    const none = await console.post("/api/tenants/acme_inc/rename", { schemaName: 'x"; --' });
    expect(none.status).to.equal(400);
    await console.post("/api/tenants/acme_inc/rename", { schemaName: "acme" });
  });

  it("answers what is no tenant's, no verb and no path with what is wrong", async () => {
    const none = await console.post("/tenants/nobody/suspend");
    expect(none.headers["content-type"]).to.equal("application/problem+json");
    expect(none.json).to.include({
      status: 404,
      code: "TENANT_NOT_FOUND",
      detail:
        'Cannot suspend tenant: tenant "nobody" does not exist; see node admin/list-tenants.js',
    });
    for (const verb of ["constructor", "explode", "__proto__"]) {
      expect((await console.post(`/api/tenants/acme/${verb}`)).status).to.equal(404);
    }
    const headers = console.readHeaders();
    const shown = await console.send({ path: "/api/tenants/nobody", headers });
    expect(shown.status).to.equal(404);
  });

  it("POST export writes a whole archive into the server's folder, told of as it goes", async () => {
    const listener = await console.listen();
    const begun = await console.post("/api/tenants/beta/export");
    expect(begun.json).to.include({ kind: "export", schemaName: "beta", state: "running" });
    const { id } = begun.json as Job;
    const ended = await jobEnds(id);
    expect(ended.state).to.equal("done");
    expect(ended.done).to.be.greaterThan(40_000);
    const [file = ""] = await readdir(folder);
    expect(file).to.match(/^beta-\d{8}T\d{9}Z\.zip$/);
    expect(ended.message).to.match(
      /^Exported tenant "beta" at version 1 to .*: 1 table, 5,000 rows/,
    );
    expect(ended.message).to.include(join(folder, file));
    await until("the end is not told", () =>
      listener.heard.some(({ name, data }) => name === "job" && (data as Job).state === "done"),
    );
    listener.close();
  });

  it("POST drop takes its schema's name and nothing else for a confirmation", async () => {
    const drop = (body: object) => console.post("/api/tenants/gamma/drop", body);
    for (const confirm of [undefined, "", "Gamma", "gamma ", "beta", true, ["gamma"]]) {
      const { status } = await drop({ confirm, backup: false });
      expect(status, JSON.stringify(confirm)).to.equal(400);
    }
    expect((await drop({ confirm: "gamma", backup: "no" })).status).to.equal(400);
    expect(await put("xn--bcher-kva.example")).to.equal(201);
    const { json } = await drop({ confirm: "gamma" });
    const ended = await jobEnds((json as Job).id);
    expect(ended.message).to.match(
      /^Dropped tenant "gamma"; its backup is \/.*gamma-\d+T\d+Z\.zip$/,
    );
    expect(ended).to.include({ state: "done", unit: "objects" });
    expect(ended.done).to.equal(ended.total);
    expect(await put("xn--bcher-kva.example")).to.equal(404);
    expect(await database.sql("select from pg_namespace where nspname = 'gamma'")).to.have.length(
      0,
    );
    await database.addTenants({ gamma: "xn--bcher-kva.example" }, migrations.folder);
  });

  it("POST export and drop are one at a time for a tenant, and a stop ends them in order", async () => {
    // A message of the service's that does not end keeps the drop waiting.
    const client = await database.openClient();
    await client.query("begin; lock table gamma.data in access exclusive mode");
    try {
      const begun = await console.post("/api/tenants/gamma/export");
      const { id } = begun.json as Job;
      const second = await console.post("/api/tenants/gamma/drop", { confirm: "gamma" });
      expect(second.status).to.equal(409);
      expect(second.json).to.have.property("detail").that.includes("its export is running");
      await client.waitUntilBlocked("gamma");
      const shown = await console.get<TenantDetail>("/api/tenants/gamma");
      expect(shown.job?.id).to.equal(id);
      expect(shown.bytes).to.equal(null);
      expect((await console.post(`/api/jobs/${id}/stop`)).status).to.equal(200);
      await client.query("rollback");
      const ended = await jobEnds(id);
      expect([ended.state, ended.message]).to.deep.equal([
        "failed",
        "Cannot export tenant: interrupted; run it again",
      ]);
      expect((await readdir(folder)).filter((file) => file.includes("partial"))).to.deep.equal([]);
    } finally {
      await client.end();
    }
    expect((await console.post("/api/jobs/nothing/stop")).status).to.equal(404);
  });

  it("POST tenants creates a tenant that serves, and check says before what it would refuse", async () => {
    const check = async (body: object): Promise<NewTenantCheck> =>
      (await console.post("/api/tenants/check", body)).json as NewTenantCheck;
    const hosts = ["www.Delta-2.example.com"];
    const wanted = { schemaName: "delta", hosts };
    expect(await check({ hosts })).to.deep.equal({
      proposal: "delta_2",
      problems: [],
    });
    expect((await check(wanted)).problems).to.deep.equal([]);
    await database.sql("create schema stray");
    // Each is refused by the verb, with the words of the check.
    for (const [field, change] of [
      ["schemaName", { schemaName: "Delta" }],
      ["schemaName", { schemaName: "acme" }],
      ["schemaName", { schemaName: "stray" }],
      ["hosts", { hosts: [ACME] }],
      ["hosts", { hosts: ["delta..example.com"] }],
    ] as const) {
      const refused = await console.post("/tenants", { ...wanted, ...change });
      expect(refused.status).to.be.within(400, 409);
      const { detail = "" } = refused.json as { detail?: string };
      const { problems } = await check({ ...wanted, ...change });
      expect(problems.map((one) => one.field)).to.deep.equal([field]);
      expect(problems[0]?.message.split("; ")[0]).to.equal(detail.split("; ")[0]);
    }
    const { problems } = await check({ settings: ["seats:=many"] });
    expect(problems.map(({ field }) => field)).to.deep.equal(["settings"]);
    expect(await database.sql("select from pg_namespace where nspname = 'delta'")).to.have.length(
      0,
    );
    const settings = { plan: "pro", seats: 25 };
    const { json, status } = await console.post("/tenants", { ...wanted, settings });
    expect([status, json]).to.deep.equal([
      201,
      { schemaName: "delta", hosts: ["www.delta-2.example.com"] },
    ]);
    const [job] = await console.get<readonly Job[]>("/api/jobs");
    expect(job).to.include({ kind: "create", state: "done", message: 'Added tenant "delta"' });
    expect(await put("www.delta-2.example.com")).to.equal(201);
    const shown = await console.get<TenantDetail>("/api/tenants/delta");
    expect(shown.settings).to.deep.equal({ plan: "pro", seats: 25 });
    expect(shown.events.map(({ verb }) => verb)).to.deep.equal(["add-tenant"]);
  });

  it("POST clone copies a tenant under another name, and nothing else changes the two meanwhile", async () => {
    const clone = { schemaName: "beta_try", hosts: ["try.example.com"] };
    const client = await database.openClient();
    await client.query("begin; lock table beta.data in access exclusive mode");
    try {
      const begun = await console.post("/api/tenants/beta/clone", clone);
      expect(begun.json).to.include({ kind: "clone", schemaName: "beta_try", source: "beta" });
      const { id } = begun.json as Job;
      for (const path of ["/tenants/beta/suspend", "/api/tenants/beta/export"]) {
        const refused = await console.post(path);
        expect(refused.status).to.equal(409);
        expect(refused.text).to.include("its clone is running; wait until it ends");
      }
      const again = { schemaName: "beta_try", hosts: ["other.example.com"] };
      expect((await console.post("/tenants", again)).status).to.equal(409);
      const work = await console.get<Work>("/api/work");
      expect(work.jobs[0]).to.include({ id, state: "running", isStoppable: false });
      expect((await console.post(`/api/jobs/${id}/stop`)).status).to.equal(409);
      await client.query("rollback");
      const ended = await jobEnds(id);
      expect(ended.message).to.equal(
        'Cloned tenant "beta" to "beta_try" at version 1, at try.example.com: 1 table, 5,000 rows',
      );
    } finally {
      await client.end();
    }
    expect(await put("try.example.com")).to.equal(200);
  });

  it("POST adoptions adopts what the plan said, and nothing when the plan has changed", async () => {
    const wish = { schemas: "old_*", hosts: ["{*}.example.org"] };
    const plan = async (): Promise<AdoptionPlanView> =>
      (await console.post("/api/adoptions/plan", wish)).json as AdoptionPlanView;
    for (const wrong of [{}, { schemas: "old_*", hosts: ["example.org"] }, { schemas: "no_*" }]) {
      const { status } = await console.post("/api/adoptions/plan", wrong);
      expect(status, JSON.stringify(wrong)).to.equal(400);
    }
    await database.sql(
      "create schema old_one",
      "create table old_one.data (key int primary key, value int)",
    );
    const first = await plan();
    expect(first).to.include({ adoptable: 1, existing: 0, refused: 0 });
    expect(first.lines[0]).to.match(
      /^old_one: version 1 \(0001-data\), at one\.example\.org; 1 table/,
    );
    await database.sql(
      "create schema old_two",
      "create table old_two.data (key int primary key, value int)",
      "create schema old_odd",
    );
    const late = await console.post("/api/adoptions", { ...wish, plan: first.plan });
    expect(late.status).to.equal(409);
    expect(late.text).to.include("look at the new plan");
    const second = await plan();
    expect(second.adoptable + second.refused).to.equal(3);
    const begun = await console.post("/api/adoptions", { ...wish, plan: second.plan });
    expect(begun.json).to.include({ kind: "adopt", schemaName: null, unit: "tenants" });
    const ended = await jobEnds((begun.json as Job).id);
    expect(ended).to.include({ state: "done", done: second.adoptable, total: second.adoptable });
    expect(await put("two.example.org")).to.equal(201);
    expect((await plan()).existing).to.equal(second.adoptable);
    // The tests that follow count the tenants.
    await database.sql(
      ...["domain", "migration_run", "tenant"].map(
        (table) =>
          `delete from rowhouse.${table} where schema_name not in ('acme', 'beta', 'gamma')`,
      ),
    );
  });

  it("GET tenants searches schemas and hosts, sorts by every column, and pages", async () => {
    const list = (query: string) => console.get<TenantPage>(`/api/tenants?${query}`);
    const all = await list("");
    expect([all.total, namesOf(all)]).to.deep.equal([3, ["acme", "beta", "gamma"]]);
    expect(namesOf(await list("search=BETA"))).to.deep.equal(["beta"]);
    expect(namesOf(await list("search=b%C3%BCcher.example"))).to.deep.equal(["gamma"]);
    expect(namesOf(await list("search=example.com"))).to.deep.equal(["acme", "beta"]);
    expect(namesOf(await list("search=_"))).to.deep.equal([]);
    expect(await list(`search=${encodeURIComponent("'; drop table x; --%_\\")}`)).to.include({
      total: 0,
    });
    expect(namesOf(await list("sort=bytes&order=desc"))[0]).to.equal("beta");
    expect(namesOf(await list("sort=host&order=desc"))).to.deep.equal(["gamma", "beta", "acme"]);
    expect(namesOf(await list("sort=statementTimeoutMs"))[0]).to.equal("acme");
    for (const sort of ["status", "version", "createdAt", "schemaName"]) {
      const forwards = namesOf(await list(`sort=${sort}`));
      expect(namesOf(await list(`sort=${sort}&order=desc`))).to.deep.equal(forwards.toReversed());
    }
    const second = await list("limit=2&offset=2");
    expect([second.total, second.offset, namesOf(second)]).to.deep.equal([3, 2, ["gamma"]]);
    const beyond = await list("offset=100");
    expect([beyond.total, namesOf(beyond)]).to.deep.equal([3, []]);
    const headers = console.readHeaders();
    for (const wrong of [
      ...["sort=password", "sort=__proto__", "order=up", "limit=0", "limit=201", "offset=-1"],
      ...["limit=1&limit=2", "limit=1e2", "search=%00", "only=__proto__"],
    ]) {
      const { status } = await console.send({ path: `/api/tenants?${wrong}`, headers });
      expect(status, wrong).to.equal(400);
    }
  });

  it("GET tenants tells of each its hosts, status, timeout and size", async () => {
    await console.get<FleetSizes>("/api/fleet/sizes");
    const { tenants } = await console.get<TenantPage>("/api/tenants?search=acme");
    expect(tenants[0]).to.deep.include({
      schemaName: "acme",
      hosts: [ACME],
      hostCount: 1,
      status: "active",
      transition: null,
      version: 1,
      failed: false,
      statementTimeoutMs: 1234,
    });
    expect(tenants[0]?.createdAt).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Math.abs(Date.parse(tenants[0]?.createdAt ?? "") - Date.now())).to.be.lessThan(600_000);
  });

  it("GET fleet shows what it can when the folder of migrations is the wrong one", async () => {
    const other = await makeMigrations();
    await other.write("0001-other", ['create table "${schema}".other (id int)']);
    const wrong = await openTestConsole(database.adminUrl, { migrations: other.folder });
    try {
      const fleet = await wrong.get<Fleet>("/api/fleet");
      expect(fleet.migrationsProblem).to.match(
        /^Cannot load tenant migrations: the folder ".*" does not have "0001-data", which /,
      );
      expect(fleet.versions).to.deep.equal([{ version: 1, migration: "0001-data", tenants: 3 }]);
      expect(fleet.attention.behind).to.equal(0);
      expect((await wrong.get<TenantPage>("/api/tenants")).total).to.equal(3);
      expect(await wrong.get<TenantDetail>("/api/tenants/acme")).to.include({ newestVersion: 1 });
      const migrations = await wrong.get<Migrations>("/api/migrations");
      expect(migrations.problem).to.equal(fleet.migrationsProblem);
      expect(migrations.pending).to.deep.equal([]);
      const started = await wrong.post("/api/migrations/start");
      expect([started.status, started.text.includes("0001-data")]).to.deep.equal([409, true]);
    } finally {
      await wrong.close();
      await other.remove();
    }
  });

  it("GET fleet puts the failed first, with what they failed with, as it was said", async () => {
    await database.sql(
      `insert into rowhouse.migration_run (run_id, schema_name, from_version, to_version, outcome, ms, sqlstate, message)
       values (gen_random_uuid(), 'beta', 1, 2, 'failed', 3, 'P0001', '${HOSTILE.replaceAll("'", "''")}')`,
      "update rowhouse.tenant set version = 0 where schema_name = 'acme'",
      "update rowhouse.tenant set transition = 'dropping', status = 'suspended' where schema_name = 'gamma'",
    );
    const fleet = await console.get<Fleet>("/api/fleet");
    expect(fleet).to.deep.include({
      database: database.name,
      tenants: 3,
      newestVersion: 1,
      statuses: { active: 2, read_only: 0, suspended: 1 },
      versions: [
        { version: 0, migration: "", tenants: 1 },
        { version: 1, migration: "0001-data", tenants: 2 },
      ],
    });
    const { tenants, ...counts } = fleet.attention;
    expect(counts).to.deep.equal({ behind: 1, failed: 1, inTransition: 1 });
    expect(tenants.map(({ schemaName, reason }) => [schemaName, reason])).to.deep.equal([
      ["beta", "failed"],
      ["gamma", "transition"],
      ["acme", "behind"],
    ]);
    expect(tenants[0]).to.include({ message: HOSTILE, sqlstate: "P0001" });
    expect(tenants[1]?.message).to.include("node admin/drop-tenant.js gamma");
    expect(await console.get<Work>("/api/work")).to.deep.include({
      migration: null,
      elsewhereCount: 1,
      elsewhere: [
        {
          schemaName: "gamma",
          transition: "dropping",
          advice: "it is being dropped; finish with node admin/drop-tenant.js gamma",
        },
      ],
    });
    expect(fleet.budget.map(({ check }) => check)).to.include.members(["catalogs", "locks"]);
    const detail = await console.get<TenantDetail>("/api/tenants/beta");
    expect(detail.history[0]).to.include({ message: HOSTILE, outcome: "failed", toVersion: 2 });
    expect(detail.tables.map(({ name }) => name)).to.deep.equal(["data"]);
    expect(detail.bytes).to.equal(detail.tables[0]?.bytes);
    expect(detail.bytes).to.be.greaterThan(200_000);
    for (const [only, names] of [
      ["active", ["acme", "beta"]],
      ["read_only", []],
      ["suspended", ["gamma"]],
      ["behind", ["acme"]],
      ["failed", ["beta"]],
      ["transition", ["gamma"]],
    ] as const) {
      const { total, ...page } = await console.get<TenantPage>(`/api/tenants?only=${only}`);
      expect([total, page.tenants.map(({ schemaName }) => schemaName)], only).to.deep.equal([
        names.length,
        names,
      ]);
    }
    const page = await console.get<TenantPage>("/api/tenants");
    expect(page.tenants.map(({ failed }) => failed)).to.deep.equal([false, true, false]);
  });
});
