// The commands of admin/migrations/COMING-FROM.md, run as they stand on tables that those frameworks make.

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { expect } from "chai";
import { ROOT } from "../support/pages/checkout.ts";
import { type DebianPostgres, startDebianPostgres } from "../support/server/debian-postgres.ts";
import { type DumpedDatabase, makeDumpedDatabases } from "../support/transfer/dump-stage.ts";
import {
  DRIZZLE_JOURNAL,
  DRIZZLE_MIGRATIONS,
  makeDjangoCustomers,
  makeDjangoSchema,
  makeDrizzleSchema,
  makePrismaSchema,
  makeRailsCustomers,
  makeRailsSchema,
  PRISMA_MIGRATIONS,
} from "../support/sql/other-frameworks.ts";
import { listPages, section } from "../support/pages/pages.ts";
import { recordText } from "../support/program/printed.ts";
import { runVerbWith } from "../support/program/verb.ts";

const run = promisify(execFile);

describe("COMING-FROM.md", () => {
  let server: DebianPostgres;
  let folder: string;
  let databases: readonly DumpedDatabase[];

  before(async function () {
    this.timeout(60_000);
    server = await startDebianPostgres();
    folder = await mkdtemp(join(tmpdir(), "rowhouse-coming-"));
    await symlink(join(ROOT, "admin"), join(folder, "admin"));
    const kind = { superuser: true, tenantRoles: true };
    databases = [
      ...(await makeDumpedDatabases(server, kind)),
      ...(await makeDumpedDatabases(server, kind)),
    ];
  });

  after(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs the shell blocks below a heading, in a shell, and returns what they print. */
  const follow = async (
    heading: string,
    database: DumpedDatabase,
    change: (text: string) => string = (text) => text,
  ): Promise<string> => {
    const page = listPages().find(({ file }) => file === "admin/migrations/COMING-FROM.md");
    if (page === undefined) throw new Error("The page is missing");
    const blocks = [...section(page, heading).matchAll(/^```sh\n(.*?)^```$/gms)];
    const { stdout, stderr } = await run(
      "bash",
      ["-ec", `set -o pipefail\n${change(blocks.map(([, text]) => text).join("\n"))}`],
      {
        cwd: folder,
        env: {
          PATH: `${server.programs}:${process.env["PATH"] ?? ""}`,
          ADMIN_DATABASE_URL: database.adminUrl,
        },
      },
    );
    recordText(stdout + stderr);
    return stdout;
  };
  const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(join(folder, dirname(file)), { recursive: true });
      await writeFile(join(folder, file), text);
    }
  };
  const status = async (database: DumpedDatabase, migrations: string): Promise<string> => {
    const { stdout } = await runVerbWith(
      { ADMIN_DATABASE_URL: database.adminUrl, TENANT_MIGRATIONS: join(folder, migrations) },
      "status",
    );
    return stdout;
  };
  const take = (index: number): DumpedDatabase => {
    const found = databases[index];
    if (found === undefined) throw new Error(`Database ${index} is missing`);
    return found;
  };

  it("takes over the customers of django-tenants", async () => {
    const database = take(0);
    await rm(join(folder, "migrations"), { recursive: true, force: true });
    await database.sql(
      ...makeDjangoCustomers({ acme: ["acme.example.com", "acme.example"], globex: ["g.example"] }),
      ...makeDjangoSchema("acme"),
      ...makeDjangoSchema("globex"),
    );
    const shared = ["init-db", "--shared-schema", "public"] as const;
    await runVerbWith({ ADMIN_DATABASE_URL: database.adminUrl }, ...shared);
    const printed = await follow("## Coming from django-tenants", database);
    expect(printed).to.match(/^Adopted 2 tenants in .* s\n$/);
    expect(await status(database, "migrations")).to.match(
      /^Newest version 1 \(0001_django\); 2 tenants: 2 on version 1 [^]*Drift: none in 2 tenants\nAll is well\n$/,
    );
    const hosts = await database.sql(
      "select host from rowhouse.domain where schema_name = 'acme' order by 1",
    );
    expect(hosts).to.deep.equal([{ host: "acme.example" }, { host: "acme.example.com" }]);
  });

  it("takes over the customers of apartment", async () => {
    const database = take(1);
    await rm(join(folder, "migrations"), { recursive: true, force: true });
    await database.sql(
      ...makeRailsCustomers(["acme", "globex"]),
      ...makeRailsSchema("acme"),
      ...makeRailsSchema("globex"),
    );
    const printed = await follow("## From apartment (Rails)", database);
    expect(printed).to.match(/Adopted 2 tenants in .* s\n$/);
    expect(await status(database, "migrations")).to.match(
      /2 on version 1 \(0001_rails\)\n[^]*Drift: none in 2 tenants\nAll is well\n$/,
    );
  });

  it("takes over the customers of Prisma, each at its version, and migrates them", async () => {
    const database = take(2);
    await write({
      "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
      ...Object.fromEntries(
        Object.entries(PRISMA_MIGRATIONS).map(([name, text]) => [
          `prisma/migrations/${name}/migration.sql`,
          text,
        ]),
      ),
    });
    await database.sql(...makePrismaSchema("tenant_a", 1), ...makePrismaSchema("tenant_b", 2));
    const heading = "## From Drizzle or Prisma with a schema for each customer";
    const printed = await follow(heading, database);
    expect(printed).to.match(/^tenant_a: version 1 \(20240102030405_init\), at a\.example\.com; /);
    expect(printed).to.match(/\nAdopted 2 tenants in .* s\n$/);
    const migrated = await runVerbWith(
      {
        ADMIN_DATABASE_URL: database.adminUrl,
        TENANT_MIGRATIONS: join(folder, "prisma/migrations"),
      },
      "migrate",
    );
    expect(migrated.stdout).to.match(/^Migrated 1 tenant to version 2 /);
    expect(await status(database, "prisma/migrations")).to.match(
      /Drift: none in 2 tenants\nAll is/,
    );
  });

  it("takes over the customers of Drizzle", async () => {
    const database = take(3);
    await write({
      "drizzle/meta/_journal.json": DRIZZLE_JOURNAL,
      ...Object.fromEntries(
        Object.entries(DRIZZLE_MIGRATIONS).map(([name, text]) => [`drizzle/${name}.sql`, text]),
      ),
    });
    await database.root("create role old_application");
    await database.sql(
      ...makeDrizzleSchema("tenant_a"),
      "alter schema tenant_a owner to old_application",
      "alter table tenant_a.note owner to old_application",
      "alter table tenant_a.__drizzle_migrations owner to old_application",
    );
    const heading = "## From Drizzle or Prisma with a schema for each customer";
    const printed = await follow(heading, database, (text) =>
      text.replace("prisma/migrations", "drizzle").replace(/^.*--plan\n/m, ""),
    );
    expect(printed).to.match(/^Adopted 1 tenant in .* s\n$/);
  });

  it("ends the old application, after which a tenant can be copied whole", async () => {
    const database = take(3);
    await follow("## When the old application is gone", database, (text) =>
      text.replace("django_migrations", "__drizzle_migrations"),
    );
    const clone = await runVerbWith(
      { ADMIN_DATABASE_URL: database.adminUrl, TENANT_MIGRATIONS: join(folder, "drizzle") },
      "clone-tenant",
      "tenant_a",
      "tenant_b",
      "b.example",
    );
    expect(clone.stderr).to.equal("");
    expect(await status(database, "drizzle")).to.match(/Drift: none in 2 tenants\nAll is well\n$/);
  });
});
