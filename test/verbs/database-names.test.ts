// A database may have any name: service and verbs reach the same one, and init-db --create makes no other.

import { expect } from "chai";
import { randomBytes } from "node:crypto";
import { createDatabase } from "../../admin/lifecycle/database/create-database.ts";
import { initialise } from "../../admin/lifecycle/database/initialise.ts";
import { createTenant } from "../../admin/lifecycle/tenant.ts";
import { withRegistry } from "../../admin/registry/registry.ts";
import { describePlace } from "../../admin/transfer/move/place.ts";
import { runAsAdmin, SERVICE_PASSWORD, SERVICE_ROLE, urlOf } from "../support/server/server.ts";
import { openService } from "../support/program/service.ts";
import { runVerb, runVerbWith } from "../support/program/verb.ts";

const NAMES = [
  "My DB",
  `a"b'c`,
  "größe 🐘",
  "a/b?c#d",
  "100%",
  "a+b%20c",
  "a..b;--",
  "$HOME",
  "UPPER",
];

describe("databases of any name", () => {
  const id = randomBytes(4).toString("hex");
  const made = new Set<string>();

  /** URLs of a database by its name as PostgreSQL has it. */
  const urlsOf = (name: string): { readonly admin: string; readonly service: string } => {
    const path = encodeURIComponent(name);
    return {
      admin: urlOf(path),
      service: urlOf(path, { name: SERVICE_ROLE, password: SERVICE_PASSWORD }),
    };
  };

  const exists = async (name: string): Promise<boolean> => {
    const rows = await runAsAdmin<{ datname: string }>("postgres", [
      "select datname from pg_database",
    ]);
    return rows.some(({ datname }) => datname === name);
  };

  after(async () => {
    for (const name of made) {
      const quoted = `"${name.replaceAll('"', '""')}"`;
      const [row] = await runAsAdmin<{ oid: string }>("postgres", [
        `select oid::text from pg_database where datname = '${name.replaceAll("'", "''")}'`,
      ]);
      await runAsAdmin("postgres", [
        `drop database ${quoted} with (force)`,
        `drop role if exists rh_${row?.oid}_acme`,
      ]);
    }
  });

  for (const [index, ending] of NAMES.entries()) {
    const name = `${ending} ${id}`;
    it(`createDatabase() makes ${JSON.stringify(ending)}, and service and verbs are in it`, async () => {
      const { admin, service } = urlsOf(name);
      expect(await createDatabase(admin)).to.equal(true);
      made.add(name);
      expect(await createDatabase(admin)).to.equal(false);
      await withRegistry(admin, async (registry) => {
        await initialise(registry, { serviceRole: SERVICE_ROLE });
        await createTenant(registry, "acme", ["acme.example"]);
        const [[row]] = await registry.sequelize.query("select current_database() as name");
        expect(row).to.deep.equal({ name });
      });
      const local = openService(service);
      try {
        const answer = await local.request("acme.example", "PUT", "/data/1", { value: index });
        expect(answer.status).to.equal(201);
      } finally {
        await local.close();
      }
      const rows = await withRegistry(admin, ({ sequelize }) =>
        sequelize.query("select value from acme.data"),
      );
      expect(rows[0]).to.deep.equal([{ value: index }]);
      expect(describePlace(admin))
        .to.match(/^127\.0\.0\.1:\d+\//)
        .and.to.satisfy((place: string) => place.endsWith(`/${name}`));
    });
  }

  it("init-db --create, doctor and list-tenants reach one database whose name is percent-encoded", async () => {
    const name = `Their "own" DB ${id}`;
    const { admin, service } = urlsOf(name);
    const created = await runVerb(admin, "init-db", "--create", "--service-role", SERVICE_ROLE);
    made.add(name);
    expect([created.status, created.stderr]).to.deep.equal([0, ""]);
    expect(await exists(name)).to.equal(true);
    expect(await exists(encodeURIComponent(name))).to.equal(false);
    const urls = { ADMIN_DATABASE_URL: admin, DATABASE_URL: service };
    const found = await runVerbWith(urls, "doctor");
    expect([found.status, found.stderr]).to.deep.equal([0, ""]);
    expect(found.stdout).to.include(`both URLs lead to "${name}"`);
    expect((await runVerb(admin, "list-tenants")).status).to.equal(0);
  });

  for (const name of ["template0", "template1"]) {
    it(`init-db refuses ${name} with --create and without, and changes nothing in it`, async () => {
      for (const options of [[], ["--create"]]) {
        const { status, stderr } = await runVerb(urlOf(name), "init-db", ...options);
        expect(status).to.equal(1);
        expect(stderr).to.equal(
          `Cannot initialise database "${name}": every new database is a copy of it; ` +
            "give the URL of another database\n",
        );
      }
    });
  }

  it("initialise() refuses template1 whatever its URL says", async () => {
    const refused = withRegistry(urlOf("template1"), (registry) => initialise(registry)).then(
      () => undefined,
      (error: unknown) => String(error),
    );
    expect(await refused).to.include('Cannot initialise database "template1"');
    expect(
      await runAsAdmin("template1", ["select to_regnamespace('rowhouse') as found"]),
    ).to.deep.equal([{ found: null }]);
  });

  it("init-db --create refuses a name that PostgreSQL would cut, and makes nothing", async () => {
    const name = `${"ä".repeat(31)}${id}`;
    const { status, stderr } = await runVerb(urlsOf(name).admin, "init-db", "--create");
    expect(status).to.equal(1);
    expect(stderr).to.include("its name has 70 bytes, but must have at most 63");
    const rows = await runAsAdmin("postgres", [
      "select from pg_database where datname like 'äää%'",
    ]);
    expect(rows).to.deep.equal([]);
  });
});
