// What the folder of each tool makes of a tenant is what the tool makes of `public`: for a new tenant, for one that was
// migrated, for a clone, and for one that came from an archive, by pg_dump of each.

import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { runProgram } from "../../admin/development/embedded/program.ts";
import { prepareCreation } from "../../admin/lifecycle/creation.ts";
import { initialise } from "../../admin/lifecycle/database/initialise.ts";
import { raiseTenant } from "../../admin/lifecycle/raise.ts";
import { createTenant } from "../../admin/lifecycle/tenant.ts";
import { migrateTenants } from "../../admin/migrate/migrate-tenants.ts";
import { planMigration } from "../../admin/migrate/plan.ts";
import { loadTenantMigrations } from "../../admin/migrations/ordered.ts";
import { withRegistry } from "../../admin/registry/registry.ts";
import { cloneTenant } from "../../admin/transfer/clone-tenant.ts";
import { exportTenant } from "../../admin/transfer/export-tenant.ts";
import { importTenant } from "../../admin/transfer/import-tenant.ts";
import { runCommands } from "../support/server/commands.ts";
import { type DebianPostgres, startDebianPostgres } from "../support/server/debian-postgres.ts";
import { compareDumps } from "../support/transfer/dump-stage.ts";
import { migrateNatively, TOOLS } from "../support/sql/native.ts";

const FOLDERS = fileURLToPath(new URL("../support/migrations/", import.meta.url));
const TENANTS = ["tn_new", "tn_old", "tn_copy", "tn_back"];

describe("what the folder of a tool makes, by pg_dump", function () {
  this.timeout(60_000);
  let server: DebianPostgres;
  let scratch: string;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "rowhouse-tools-"));
    server = await startDebianPostgres();
    await runCommands(server.adminUrl, [
      "create role shop_reader",
      "create role tools_service login noinherit",
    ]);
  });

  after(async () => {
    await server.stop();
    await rm(scratch, { recursive: true });
  });

  const makeDatabase = async (name: string): Promise<string> => {
    await runCommands(server.adminUrl, [`create database ${name}`]);
    const url = new URL(server.adminUrl);
    url.pathname = `/${name}`;
    await runCommands(url.href, ["create schema ext", "create extension citext schema ext"]);
    return url.href;
  };

  /** What pg_dump writes of a schema, without its name, the tenant's role and the times of rows. */
  const dump = async (url: string, schemaName: string): Promise<readonly string[]> => {
    const text = await runProgram(join(server.programs, "pg_dump"), [
      `--dbname=${url}`,
      `--schema=${schemaName}`,
    ]);
    return (
      text
        // A copy has its source's name where a comment names it.
        .replaceAll(/tn_(?:new|old|copy|back)/g, "public")
        .replaceAll(/"?\bpublic"?\./g, "")
        .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.\d]*(?:\+00)?/g, "(time)")
        .split("\n")
        .filter((line) => !/^(?:\\(?:un)?restrict |--|$)/.test(line))
        // A stored function whose code loses the qualifier gets the tenant's path.
        .filter((line) => !/^\s*SET search_path TO /.test(line))
        .filter((line) => !/\brh_\d+_public\b|\bSCHEMA public\b/.test(line))
        .toSorted()
    );
  };

  for (const tool of TOOLS) {
    it(`${tool}: add, migrate, clone, export and import make what the tool makes in public`, async () => {
      const folder = join(FOLDERS, tool);
      const token = randomBytes(4).toString("hex");
      const [native, url] = [
        await makeDatabase(`native_${token}`),
        await makeDatabase(`house_${token}`),
      ];
      await runCommands(native, [`alter database native_${token} set search_path = public, ext`]);
      const natively = migrateNatively(tool, folder, native, server.programs);
      const work = withRegistry(
        url,
        async (registry) => {
          await initialise(registry, { serviceRole: "tools_service" });
          await runCommands(url, ["update rowhouse.installation set shared_schemas = '{ext}'"]);
          const creation = await prepareCreation(registry);
          const old = { schemaName: "tn_old", hosts: ["old.test"], version: 3 };
          await raiseTenant(registry, creation, old, () => Promise.resolve(), { action: "add" });
          await createTenant(registry, "tn_new", ["new.test"]);
          const migrations = await loadTenantMigrations(registry);
          const failures: unknown[] = [];
          await migrateTenants(
            registry,
            migrations,
            await planMigration(registry, migrations, {}),
            {
              ...{ concurrency: 1, lockTimeoutMs: 1000, attempts: 3 },
              report: (outcome) => {
                if (outcome.outcome !== "migrated") failures.push(outcome);
              },
            },
          );
          expect(failures).to.deep.equal([]);
          const file = join(scratch, `${tool}.zip`);
          await exportTenant(registry, "tn_new", file);
          await importTenant(registry, file, { schemaName: "tn_back", hosts: ["back.test"] });
          await cloneTenant(registry, "tn_old", { schemaName: "tn_copy", hosts: ["copy.test"] });
        },
        folder,
      );
      await Promise.all([natively, work]);
      const [wanted, ...found] = await Promise.all([
        dump(native, "public"),
        ...TENANTS.map((name) => dump(url, name)),
      ]);
      for (const [index, lines] of found.entries()) {
        expect(compareDumps(wanted ?? [], lines), TENANTS[index]).to.deep.equal([]);
        expect(lines, TENANTS[index]).to.have.length(wanted?.length ?? 0);
      }
    });
  }
});
