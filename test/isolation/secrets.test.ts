// No connection string, value or row in a log, an error or a crash. What each program of this file prints is
// looked through at once; what all of the suite printed, by the last hook of the run.

import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { useDatabase } from "../support/database/database.ts";
import { makeMigrations, type MigrationsFolder } from "../support/sql/migrations.ts";
import { findLeaks, plant } from "../support/program/printed.ts";
import { SERVICE_PASSWORD } from "../support/server/server.ts";
import { type ServiceProcess, startService } from "../support/program/service.ts";
import { runVerbWith } from "../support/program/verb.ts";

const ROW = plant("planted-row-5e0c");
const VALUE = Number(plant("1987654329"));
const HOST = "acme.example.com";

// The row comes from the environment: the script is a URL, and stands in the stack.
const THROWS = {
  "an error that nobody caught": "throw new Error(row)",
  "a text that nobody caught": "throw row",
  "an error of the database that nobody caught":
    "throw Object.assign(new Error(row), { code: '23505', detail: row, query: row })",
};

const REJECTS = {
  "a rejection that nobody handled": "Promise.reject(new Error(row))",
  "a rejection with a text": "Promise.reject(row)",
  "a rejection with an object": "Promise.reject({ url: process.env.DATABASE_URL })",
};

describe("secrets", () => {
  const database = useDatabase();
  let migrations: MigrationsFolder;

  before(async () => {
    migrations = await makeMigrations();
    await database.addTenants({ acme: HOST });
    await database.sql(
      "create table acme.note (text text)",
      `insert into acme.note values ('${ROW}')`,
      "grant select on acme.note to public",
      `alter table acme.data add constraint low check (value <> ${VALUE})`,
      "create unique index on acme.data (value)",
      "insert into acme.data values (1, 1), (2, 2)",
    );
  });

  after(() => migrations.remove());

  it("findLeaks() finds a secret, a connection string and a field that is not for the log", () => {
    const line = (fields: object): string =>
      JSON.stringify({ time: "t", level: "info", event: "request", ...fields });
    const clean = [line({ host: "a", status: 200 }), "postgres://USER:PASSWORD@HOST:PORT/DATABASE"];
    expect(findLeaks(clean.join("\n"))).to.deep.equal([]);
    for (const leak of [
      `a ${SERVICE_PASSWORD} b`,
      `x${ROW}x`,
      "postgres://app:secret@db/app",
      line({ path: "/data/1" }),
      line({ error: { message: "a" } }),
    ]) {
      expect(findLeaks([...clean, leak, ...clean].join("\n")), leak).to.have.length(1);
    }
  });

  const startThrowing = (code: string): Promise<ServiceProcess> => {
    const script = `process.on("SIGUSR2", () => { const row = process.env.ROW; ${code} })`;
    const url = `data:text/javascript,${encodeURIComponent(script)}`;
    return startService(database.serviceUrl, { NODE_OPTIONS: `--import=${url}`, ROW });
  };
  for (const [what, code] of Object.entries(THROWS)) {
    it(`serve() ends with status 1 and one line without values after ${what}`, async () => {
      const service = await startThrowing(code);
      const closed = once(service.child, "close");
      service.child.kill("SIGUSR2");
      expect(await closed).to.deep.equal([1, null]);
      const [, ...lines] = service.output().trim().split("\n");
      expect(lines.map((line) => JSON.parse(line) as object)).to.have.length(1);
      expect(lines[0]).to.include('"event":"crash"');
      expect(findLeaks(service.output())).to.deep.equal([]);
    });
  }

  for (const [what, code] of Object.entries(REJECTS)) {
    it(`serve() goes on, and writes one line without values, after ${what}`, async () => {
      const service = await startThrowing(code);
      service.child.kill("SIGUSR2");
      await service.printed("unhandled rejection");
      expect((await service.request(HOST, "GET", "/healthz")).status).to.equal(200);
      expect(await service.stop()).to.equal(0);
      expect(service.output().match(/unhandled rejection/g)).to.have.length(1);
      expect(findLeaks(service.output())).to.deep.equal([]);
    });
  }

  it("serve() leaves no report and prints nothing when it is aborted", async () => {
    const folder = await mkdtemp(join(tmpdir(), "rowhouse-reports-"));
    const service = await startService(database.serviceUrl, {
      NODE_OPTIONS: `--report-directory=${folder}`,
    });
    const closed = once(service.child, "close");
    service.child.kill("SIGABRT");
    expect(await closed).to.deep.equal([null, "SIGABRT"]);
    expect(await readdir(folder)).to.deep.equal([]);
    expect(service.output().trim().split("\n")).to.have.length(1);
    await rm(folder, { recursive: true });
  });

  it("serve() logs no value of an error that the database explains with values", async () => {
    const service = await startService(database.serviceUrl);
    const put = (key: number, value: number) =>
      service.request(HOST, "PUT", `/data/${key}`, JSON.stringify({ value }));
    const answers = [await put(3, VALUE), await put(2, 1)];
    expect(answers.map(({ status }) => status)).to.deep.equal([500, 500]);
    await service.stop();
    expect(service.output()).to.include('"sqlState":"23514"').and.to.include('"sqlState":"23505"');
    expect(findLeaks(service.output() + answers.map(({ text }) => text).join("\n"))).to.deep.equal(
      [],
    );
  });

  const urls: Readonly<Record<string, (url: URL) => void>> = {
    "the wrong password": (url) => (url.password = plant("planted-wrong-27d1")),
    "a port where nobody listens": (url) => (url.port = "1"),
    "a database that does not exist": (url) => (url.pathname = "/missing"),
    "a parameter": (url) => (url.search = "?options=x"),
    "a password with a slash": (url) => (url.password = "a#b/c"),
  };
  for (const [what, change] of Object.entries(urls)) {
    it(`verbs and the service print no connection string with ${what}`, async () => {
      const admin = new URL(database.adminUrl);
      const service = new URL(database.serviceUrl);
      change(admin);
      change(service);
      const results = await Promise.all([
        runVerbWith({ ADMIN_DATABASE_URL: admin.href }, "list-tenants"),
        runVerbWith({ ADMIN_DATABASE_URL: admin.href }, "list-tenants", "--json"),
      ]);
      for (const { status, stdout, stderr } of results) {
        expect(status).to.equal(1);
        expect(stderr).to.match(/^(?:\{"error":")?Cannot /);
        expect(findLeaks(stdout + stderr)).to.deep.equal([]);
      }
      const started = await startService(service.href).catch((error: unknown) => String(error));
      if (typeof started === "string") expect(findLeaks(started)).to.deep.equal([]);
      else {
        expect((await started.request(HOST, "GET", "/data/1")).status).to.be.at.least(500);
        await started.stop();
        expect(findLeaks(started.output())).to.deep.equal([]);
      }
    });
  }

  it("migrate and each-tenant print no value of a row that is in the way", async () => {
    await migrations.write("0001-data", []);
    await migrations.write("0002-updated-at", []);
    await migrations.write("0003-number", [
      'alter table "${schema}".note alter column text type integer using text::integer',
    ]);
    const variables = { ADMIN_DATABASE_URL: database.adminUrl };
    const own = { ...variables, TENANT_MIGRATIONS: migrations.folder };
    for (const json of [[], ["--json"]]) {
      const results = [
        await runVerbWith(own, "migrate", ...json),
        await runVerbWith(
          variables,
          "each-tenant",
          "--sql",
          "select text::integer from note",
          ...json,
        ),
      ];
      for (const { status, stdout, stderr } of results) {
        expect(status, stdout + stderr).to.equal(1);
        expect(stdout + stderr).to.include("22P02");
        expect(findLeaks(stdout + stderr)).to.deep.equal([]);
      }
    }
  });
});
