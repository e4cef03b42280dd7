// What cannot be copied whole is refused with the reason, and before anything is changed; --lossy leaves it out and
// says so.

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
import { moveTenant } from "../../admin/transfer/move/move-tenant.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { makeMigrations, type MigrationsFolder } from "../support/migrations.ts";
import { createPlainAdmin } from "../support/plain-admin.ts";
import { rejection } from "../support/rejection.ts";
import { runVerb } from "../support/verb.ts";

const BY_HAND: readonly (readonly [command: string, undo: string, reason: RegExp])[] = [
  ["create table x.own (a int)", "drop table x.own", /table "own" is not in version 2/],
  ["create index own on x.data (value)", "drop index x.own", /index "own" is not in version 2/],
  ["alter table x.data add own int", "alter table x.data drop own", /column "own" integer is not/],
  [
    "alter table x.data alter value set default 7",
    "alter table x.data alter value drop default",
    /column "value" is .*default 7/,
  ],
  [
    "create function x.own() returns int language sql as 'select 1'",
    "drop function x.own()",
    /function "own"\(\) is not in version 2/,
  ],
  [
    "grant select on x.data to public",
    "revoke select on x.data from public",
    /privileges of data is .*PUBLIC select/,
  ],
  [
    "grant select (value) on x.data to public",
    "revoke select (value) on x.data from public",
    /column privileges of data\.value is PUBLIC select, in a copy it is not set/,
  ],
  [
    "alter table x.data owner to pg_monitor",
    "alter table x.data owner to postgres",
    /owner of data is pg_monitor, in a copy it is postgres/,
  ],
];

describe("a tenant that cannot be copied whole", function () {
  this.timeout(60_000);
  let source: TestDatabase;
  let target: TestDatabase;
  let folder: string;
  const { signal } = new AbortController();

  const copies = (
    schemaName: string,
    migrations?: string,
  ): readonly ((registry: Registry) => Promise<unknown>)[] => [
    (registry) =>
      cloneTenant(registry, schemaName, { schemaName: `of_${schemaName}`, hosts: ["of.test"] }),
    (registry) =>
      withRegistry(
        target.adminUrl,
        (to) => moveTenant(registry, to, schemaName, { waitMs: 1000 }),
        migrations,
      ),
    (registry) =>
      dropTenant(registry, schemaName, { backup: join(folder, "x.zip"), signal, onItems() {} }),
  ];
  const stateOf = (database: Pick<TestDatabase, "sql">): Promise<unknown> =>
    database.sql(
      `select t.*, (select array_agg(host) from rowhouse.domain as d where d.schema_name = t.schema_name) as hosts,
         (select array_agg(nspname::text order by 1) from pg_namespace) as schemas from rowhouse.tenant as t order by 1`,
    );

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowhouse-refused-"));
    [source, target] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    await source.addTenants({ x: "x.test" });
    await source.sql("insert into x.data values (1, 2)");
  });

  after(async () => {
    await Promise.all([source.drop(), target.drop()]);
    await rm(folder, { recursive: true });
  });

  it("clone, move and drop name what was changed by hand, and change nothing", async () => {
    for (const [command, undo, reason] of BY_HAND) {
      await source.sql(command);
      const before = await stateOf(source);
      await withRegistry(source.adminUrl, async (registry) => {
        for (const copy of copies("x")) {
          const { message } = await rejection(copy(registry));
          expect(message)
            .to.match(reason)
            .and.to.match(/^Cannot [^\n]+--lossy[^\n]*$/);
          expect(await stateOf(source), command).to.deep.equal(before);
        }
      });
      expect(await access(join(folder, "x.zip")).catch(() => "gone")).to.equal("gone");
      await source.sql(undo);
    }
  });

  it("export-tenant says so, import-tenant refuses it, and --lossy leaves it out", async () => {
    await source.sql(
      "create table x.own as select 1 as a",
      "create index own_value on x.data (value)",
    );
    const file = join(folder, "lossy.zip");
    const exported = await runVerb(source.adminUrl, "export-tenant", "x", file);
    expect(exported).to.include({ status: 3, stderr: "" });
    expect(exported.stdout).to.include('\n  table "own" is not in version 2\n');
    const refused = await runVerb(source.adminUrl, "import-tenant", file, "made.test", "made");
    expect(refused).to.include({ status: 1, stdout: "" });
    expect(refused.stderr).to.match(
      /^Cannot import tenant: a copy of "x" would not be equal[^\n]+\n$/,
    );
    const taken = await runVerb(
      source.adminUrl,
      "import-tenant",
      file,
      "made.test",
      "made",
      "--lossy",
    );
    expect(taken).to.include({ status: 0, stderr: "" });
    expect(taken.stdout).to.include('\nLeft out: table "own" is not in version 2\n');
    const clone = ["clone-tenant", "x", "again", "again.test"] as const;
    const cloned = await runVerb(source.adminUrl, ...clone, "--lossy");
    expect(cloned.stdout).to.include(
      '\nLeft out: table "data": index "own_value" is not in version 2\n',
    );
    const rows = await source.sql(
      "select m.key, a.value from made.data as m join again.data as a using (key)",
    );
    expect(rows).to.deep.equal([{ key: 1, value: 2 }]);
    await source.sql("drop table x.own", "drop index x.own_value");
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
          for (const copy of copies("broken", migrations.folder)) {
            const { message } = await rejection(copy(registry));
            expect(message).to.match(
              /its rows break a rule of its own schema: check constraint "allowed" of relation "item" is violated/,
            );
            expect(await stateOf(source)).to.deep.equal(before);
          }
        },
        migrations.folder,
      );
      expect(await access(join(folder, "x.zip")).catch(() => "gone")).to.equal("gone");
    });

    it("drop-tenant --no-proof takes the backup on trust, and says so", async () => {
      const backup = join(folder, "trust.zip");
      await withRegistry(
        source.adminUrl,
        async (registry) => {
          const options = { backup, prove: false, signal, onItems() {} };
          const dropped = await dropTenant(registry, "broken", options);
          expect(dropped).to.include({ backup, unproven: "nobody has tried it" });
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
        (registry) => dropTenant(registry, "forced", { backup: file, signal, onItems() {} }),
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
