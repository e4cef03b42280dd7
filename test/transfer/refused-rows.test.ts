// A tenant whose rows its own rules keep from being copied: refused with the reason, and as it was before.

import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { dropTenant } from "../../admin/drop/drop.ts";
import { createTenant } from "../../admin/lifecycle/tenant.ts";
import { type Registry, withRegistry } from "../../admin/registry/registry.ts";
import { cloneTenant } from "../../admin/transfer/clone-tenant.ts";
import { exportTenant } from "../../admin/transfer/export-tenant.ts";
import { importTenant } from "../../admin/transfer/import-tenant.ts";
import { createTestDatabase, type TestDatabase } from "../support/database/database.ts";
import { makeMigrations, type MigrationsFolder } from "../support/sql/migrations.ts";
import { createPlainAdmin } from "../support/database/plain-admin.ts";
import { refusable, stateOf } from "../support/transfer/refusals.ts";
import { rejection } from "../support/rejection.ts";

describe("a tenant whose rows cannot be copied", function () {
  this.timeout(60_000);
  let source: TestDatabase;
  let target: TestDatabase;
  let folder: string;
  let backup: string;
  const { signal } = new AbortController();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowhouse-refused-"));
    backup = join(folder, "x.zip");
    [source, target] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  });

  after(async () => {
    await Promise.all([source.drop(), target.drop()]);
    await rm(folder, { recursive: true });
  });

  describe("because its rows break its own rules by now", () => {
    let migrations: MigrationsFolder;

    before(async () => {
      migrations = await makeMigrations();
      await migrations.write("0001-rule", [
        'create table "${schema}".z_limit (most int)',
        `create function "\${schema}".allowed(n int) returns boolean language sql stable as
           'select exists (select from "\${schema}".z_limit where n <= most)'`,
        'create table "${schema}".item (n int, constraint allowed check ("${schema}".allowed(n)))',
      ]);
      await source.addTenants({ broken: "broken.test" }, migrations.folder);
      await source.sql(
        "insert into broken.z_limit values (5)",
        "insert into broken.item values (5)",
        "update broken.z_limit set most = 1",
      );
    });

    after(() => migrations.remove());

    it("clone, move and drop say so, and the tenant is as it was", async () => {
      const before = await stateOf(source);
      await withRegistry(
        source.adminUrl,
        async (registry) => {
          for (const copy of refusable("broken", target, backup, migrations.folder)) {
            const { message } = await rejection(copy(registry));
            expect(message).to.match(
              /its rows break a rule of its own schema: check constraint "allowed" of relation "item" is violated/,
            );
            expect(await stateOf(source)).to.deep.equal(before);
          }
        },
        migrations.folder,
      );
      expect(await access(backup).catch(() => "gone")).to.equal("gone");
    });

    it("drop-tenant --no-proof takes the backup on trust, and says so", async () => {
      await withRegistry(
        source.adminUrl,
        async (registry) => {
          const options = { backup, prove: false, signal };
          const dropped = await dropTenant(registry, "broken", options);
          expect(dropped).to.include({ backup, unproven: "it was not imported on trial" });
        },
        migrations.folder,
      );
      await access(backup);
    });
  });

  it("FORCE ROW LEVEL SECURITY and a plain admin: the way out is said, and works", async () => {
    const migrations = await makeMigrations();
    await migrations.write("0001-forced", [
      'create table "${schema}".note (id int)',
      'alter table "${schema}".note enable row level security',
      'alter table "${schema}".note force row level security',
    ]);
    const plain = await createPlainAdmin();
    const file = join(folder, "forced.zip");
    const within = <T>(work: (registry: Registry) => Promise<T>): Promise<T> =>
      withRegistry(plain.adminUrl, work, migrations.folder);
    try {
      await within((registry) => createTenant(registry, "forced", ["forced.test"]));
      await plain.sql("insert into forced.note values (1)");
      const before = await stateOf(plain);
      const ways: readonly ((registry: Registry) => Promise<unknown>)[] = [
        (registry) => exportTenant(registry, "forced", file),
        (registry) => cloneTenant(registry, "forced", { schemaName: "two", hosts: ["two.test"] }),
        (registry) => dropTenant(registry, "forced", { backup: file, signal }),
      ];
      for (const way of ways) {
        const { message } = await rejection(within(way));
        expect(message).to.include('table "note" has FORCE ROW LEVEL SECURITY');
        expect(message).to.include(`"alter role ${plain.role} bypassrls"`);
        expect(await stateOf(plain)).to.deep.equal(before);
      }
      await plain.sql("alter table forced.note no force row level security");
      await within((registry) => exportTenant(registry, "forced", file));
      const wanted = { schemaName: "three", hosts: ["three.test"] };
      await within((registry) => importTenant(registry, file, wanted));
      await plain.sql(
        "alter table forced.note force row level security",
        `alter role ${plain.role} bypassrls`,
      );
      await within((registry) =>
        cloneTenant(registry, "forced", { schemaName: "two", hosts: ["two.test"] }),
      );
      const rows = await plain.sql(
        "select id, (select relforcerowsecurity from pg_class where oid = 'two.note'::regclass) as forced from two.note",
      );
      expect(rows).to.deep.equal([{ id: 1, forced: true }]);
    } finally {
      await plain.drop();
      await migrations.remove();
    }
  });
});
