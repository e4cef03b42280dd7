// What cannot be copied whole is refused with the reason, and before anything is changed; --lossy leaves it out and
// says so.

import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { withRegistry } from "../../admin/registry/registry.ts";
import { createTestDatabase, type TestDatabase } from "../support/database/database.ts";
import { refusable, stateOf } from "../support/transfer/refusals.ts";
import { rejection } from "../support/rejection.ts";
import { runVerb } from "../support/program/verb.ts";

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
  let backup: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowhouse-refused-"));
    backup = join(folder, "x.zip");
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
        for (const copy of refusable("x", target, backup)) {
          const { message } = await rejection(copy(registry));
          expect(message)
            .to.match(reason)
            .and.to.match(/^Cannot [^\n]+--lossy[^\n]*$/);
          expect(await stateOf(source), command).to.deep.equal(before);
        }
      });
      expect(await access(backup).catch(() => "gone")).to.equal("gone");
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
});
