// Each verb that changes something writes an event, in the transaction of the change. The table of all verbs is closed:
// a new verb fails until it stands in one of the two lists.

import { writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { withPool } from "../../admin/conformance/subjects.ts";
import { VERB_NAMES } from "../../admin/program/verbs.ts";
import { initialiseDatabase } from "../support/server/admin.ts";
import {
  createTestDatabase,
  type TestDatabase,
  useDatabase,
} from "../support/database/database.ts";
import { makeSqlFolder, type SqlFolder } from "../support/sql/sql-folder.ts";
import { performVerb, type VerbResult } from "../support/program/verb.ts";

const ACTOR = "Ann's deploy, №7";
const SECRET = "planted-setting-51f0";
/** Stands for a value that differs from run to run. */
const ANY = "…";

/** A verb, its arguments, and the events that it writes, as [schema, details]. */
type Change = readonly [
  verb: string,
  parameters: readonly string[],
  ...events: (readonly [schemaName: string | null, details: object])[],
];

const CREATED = { version: 1, migration: "001_note" };
const added = (...hosts: string[]): object => ({ hosts: { added: hosts }, ...CREATED });
const turn = (before: unknown, after: unknown): object => ({ before, after });

const CHANGES: readonly Change[] = [
  ["init-db", [], [null, { closedFunctions: ["pg_catalog.lo_create(oid)"] }]],
  [
    "init-db",
    ["--shared-schema", "common"],
    [null, { sharedSchemas: turn([], ["common"]), createdSchemas: ["common"] }],
  ],
  ["init-db", []],
  ["migrate", [], [null, { sharedMigrations: { applied: ["001_plan"] } }]],
  ["add-tenant", ["a.test", "a", "--host", "b.test"], ["a", added("a.test", "b.test")]],
  ["add-tenant", ["a.test", "taken"]],
  // The first one alone, the others as a group.
  [
    "add-tenants",
    ["FOLDER/..many.csv", "--concurrency", "1"],
    ...["m1", "m2", "m3"].map((name) => [name, added(`${name}.test`)] as const),
  ],
  ["add-tenants", ["FOLDER/..many.csv"]],
  [
    "adopt-tenants",
    ["--schemas", "old", "--host", "{schema}.test"],
    ["old", { owner: ANY, ...added("old.test") }],
  ],
  ["add-domain", ["c.test", "a"], ["a", { hosts: { added: ["c.test"] } }]],
  ["add-domain", ["c.test", "m1"]],
  ["remove-domain", ["c.test"], ["a", { hosts: { removed: ["c.test"] } }]],
  ["remove-domain", ["c.test"]],
  ["suspend-tenant", ["a"], ["a", { status: turn("active", "suspended") }]],
  ["suspend-tenant", ["a"]],
  ["set-tenant", ["a", "--read-only"], ["a", { statusWhenResumed: turn("active", "read_only") }]],
  ["resume-tenant", ["a"], ["a", { status: turn("suspended", "read_only") }]],
  ["resume-tenant", ["a"]],
  [
    "set-tenant",
    ["a", "--writable", "--statement-timeout", "2000", "--set", `plan=${SECRET}`],
    [
      "a",
      {
        status: turn("read_only", "active"),
        statementTimeoutMs: turn(10_000, 2000),
        settings: { set: ["plan"], unset: [] },
      },
    ],
  ],
  [
    "set-tenant",
    ["a", "--set", "seats:=3", "--unset", "plan"],
    ["a", { settings: { set: ["seats"], unset: ["plan"] } }],
  ],
  ["set-tenant", ["a", "--set", "seats:=3", "--writable"]],
  [
    "clone-tenant",
    ["a", "copy", "copy.test"],
    [
      "copy",
      {
        ...{ from: "a", structureOnly: false, ...added("copy.test") },
        ...{ statementTimeoutMs: 2000, settings: { set: ["seats"] } },
      },
    ],
  ],
  ["export-tenant", ["a", "FOLDER/..a.zip"]],
  [
    "import-tenant",
    ["FOLDER/..a.zip", "back.test", "back", "--with-settings"],
    [
      "back",
      {
        ...{ from: "a", exportedAt: ANY, ...added("back.test") },
        ...{ statementTimeoutMs: 2000, settings: { set: ["seats"] } },
      },
    ],
  ],
  [
    "rename-tenant",
    ["copy", "renamed"],
    ["renamed", { schemaName: turn("copy", "renamed"), roleName: turn(ANY, ANY) }],
  ],
  [
    "drop-tenant",
    ["renamed", "--confirm", "renamed", "--backup", "FOLDER/..gone.zip", "--no-proof"],
    ["renamed", { status: turn("active", "suspended"), transition: turn(null, "dropping") }],
    ["renamed", { dropped: true, hosts: { removed: ["copy.test"] }, backup: ANY }],
  ],
  ["repair", ["rest"], ["rest", { steps: [ANY] }]],
  [
    "move-tenant",
    ["back", "--to-env", "OTHER"],
    [
      "back",
      {
        status: turn("active", "read_only"),
        transition: turn(null, "moving"),
        peer: turn(null, ANY),
      },
    ],
    ["back", { status: turn("read_only", "suspended"), transition: turn("moving", "moved") }],
  ],
  ["each-tenant", ["--sql", "update note set id = 2", "--write"]],
  ["log", ["--keep-days", "1"]],
];

/** The events of a move in the target. */
const ARRIVAL: readonly object[] = [
  {
    ...{ actor: ACTOR, verb: "move-tenant", schemaName: "back" },
    details: {
      ...{ from: ANY, ...added("back.test"), statementTimeoutMs: 2000 },
      settings: { set: ["seats"] },
    },
  },
  {
    ...{ actor: ACTOR, verb: "move-tenant", schemaName: "back" },
    details: { status: turn("suspended", "active"), transition: turn("arriving", null) },
  },
];

/** Verbs that change nothing in the registry; what `each-tenant` changes is the tenants' own. */
const OTHERS = [
  ...["console", "dev", "doctor", "init", "list-tenants", "new-migration", "serve-admin", "status"],
];

/** Verbs whose events the test reads after it has called their functions. */
const FUNCTIONS = ["verify-pooler"];

describe("the events", () => {
  const database = useDatabase();
  let other: TestDatabase;
  let folder: SqlFolder;
  let shared: SqlFolder;

  const run = (verb: string, ...parameters: readonly string[]): Promise<VerbResult> =>
    performVerb(
      {
        adminUrl: database.adminUrl,
        env: {
          ROWHOUSE_ACTOR: ACTOR,
          TENANT_MIGRATIONS: folder.folder,
          SHARED_MIGRATIONS: shared.folder,
          OTHER: other.adminUrl,
        },
      },
      verb,
      ...parameters.map((text) => text.replace("FOLDER", folder.folder)),
    );
  const readEvents = (from: TestDatabase, after: number): Promise<Record<string, unknown>[]> =>
    from.sql(
      `select actor, verb, schema_name as "schemaName", details from rowhouse.event where id > ${after} order by id`,
    );
  const lastId = async (from: TestDatabase): Promise<number> => {
    const [row] = await from.sql<{ id: number }>(
      "select coalesce(max(id), 0)::int as id from rowhouse.event",
    );
    return row?.id ?? 0;
  };

  before(async () => {
    folder = await makeSqlFolder({ "001_note": "create table note (id int primary key);" });
    shared = await makeSqlFolder({ "001_plan": "create table plan (id int primary key);" });
    const lines = ["host,schema", ...["m1", "m2", "m3"].map((name) => `${name}.test,${name}`)];
    await writeFile(join(folder.folder, "..many.csv"), `${lines.join("\n")}\n`);
    other = await createTestDatabase();
    await initialiseDatabase(other.adminUrl, { sharedSchemas: { add: ["common"] } });
    await database.sql(
      "grant execute on function pg_catalog.lo_create(oid) to public",
      "create schema old",
      "create table old.note (id int primary key)",
      "insert into old.note values (1)",
      "create schema rest",
      "insert into rowhouse.tenant (schema_name, role_name, status, transition) values ('rest', 'nobody', 'suspended', 'arriving')",
    );
  });

  after(async () => {
    await other.drop();
    await folder.remove();
    await shared.remove();
  });

  it("are those of all verbs that admin/ has", () => {
    const tested = [...CHANGES.map(([verb]) => verb), ...OTHERS, ...FUNCTIONS];
    expect(new Set(tested)).to.deep.equal(new Set(VERB_NAMES));
  });

  it("tell who prepared the database, by the name of the system's user", async () => {
    const [first] = await readEvents(database, 0);
    expect(first).to.deep.include({ verb: "init-db", actor: userInfo().username });
    expect(first?.["details"]).to.have.keys("serviceRole", "tenantRoles", "registryMigrations");
  });

  for (const [verb, parameters, ...expected] of CHANGES) {
    const count = expected.length === 0 ? "no event" : `${expected.length} of its events`;
    it(`${verb} ${parameters.join(" ")} writes ${count}`, async () => {
      const last = await lastId(database);
      const { stderr } = await run(verb, ...parameters);
      const events = await readEvents(database, last);
      const wanted = expected.map(([schemaName, details]) => {
        // Whether a list or a command made the tenant, it is the same change.
        return {
          actor: ACTOR,
          verb: verb.replace("add-tenants", "add-tenant"),
          schemaName,
          details,
        };
      });
      expect(mask(events, wanted), stderr).to.deep.equal(wanted);
      expect(JSON.stringify(events)).not.to.include(SECRET);
    });
  }

  it("of a move stand on both sides", async () => {
    const events = await readEvents(other, 0);
    const ofMove = events.filter(({ verb }) => verb !== "init-db");
    expect(mask(ofMove, ARRIVAL)).to.deep.equal(ARRIVAL);
  });

  it("of verify-pooler name the tenants that it made and dropped", async () => {
    const last = await lastId(database);
    await withPool(database.serviceUrl, database.adminUrl, () => Promise.resolve());
    const verbs = (await readEvents(database, last)).map(({ verb }) => verb);
    const dropped = Array.from({ length: 4 }, () => "drop-tenant");
    expect(verbs).to.deep.equal(["verify-pooler", "verify-pooler", ...dropped]);
  });

  it("of repair name the steps", async () => {
    await database.sql(
      "do $$ begin execute format('revoke select on m1.note from %I', (select role_name from rowhouse.tenant where schema_name = 'm1')); end $$",
    );
    const last = await lastId(database);
    await run("repair", "m1", "--plan");
    expect(await readEvents(database, last)).to.deep.equal([]);
    await run("repair", "m1");
    const [event, ...others] = await readEvents(database, last);
    expect(others).to.deep.equal([]);
    expect(JSON.stringify(event?.["details"])).to.match(/"steps":\["grant select on table [^"]*/i);
  });

  it("and their changes are one: where no event can be written, nothing changes", async () => {
    const look = (): Promise<unknown> =>
      database.sql(
        "select to_jsonb(t) as row from rowhouse.tenant as t union all select to_jsonb(d) from rowhouse.domain as d order by 1",
      );
    const before = await look();
    await database.sql(
      "alter table rowhouse.event add constraint closed check (verb = 'none') not valid",
    );
    for (const [verb, ...parameters] of [
      ["add-tenant", "n1.test", "n1"],
      ["add-domain", "n.test", "a"],
      ["remove-domain", "a.test"],
      ["suspend-tenant", "a"],
      ["set-tenant", "a", "--set", "seats:=4"],
      ["rename-tenant", "a", "n2"],
      ["clone-tenant", "a", "n3", "n3.test", "--structure-only"],
      ["move-tenant", "a", "--to-env", "OTHER"],
      ["drop-tenant", "a", "--confirm", "a", "--no-backup"],
    ] as const) {
      expect((await run(verb, ...parameters)).stderr, verb).to.match(
        /\(SQLSTATE 23514\)|\(23514\)/,
      );
    }
    expect(await look()).to.deep.equal(before);
    await database.sql("alter table rowhouse.event drop constraint closed");
  });

  it("stay away when the migration of a new tenant fails, and what is done of others stays", async () => {
    await folder.write({
      "002_text": "alter table note add text text;",
      "003_fails": "select 1 / (case when current_schema() ~ '^bad_' then 0 else 1 end);",
    });
    const migrated = await run("migrate");
    expect(migrated.status, migrated.stdout + migrated.stderr).to.equal(0);
    const last = await lastId(database);
    for (const parameters of [
      ["add-tenant", "x1.test", "bad_added"],
      ["import-tenant", "FOLDER/..a.zip", "x3.test", "bad_import", "--migrate"],
    ]) {
      const [verb = "", ...rest] = parameters;
      expect((await run(verb, ...rest)).status, verb).to.equal(1);
    }
    expect(await readEvents(database, last)).to.deep.equal([]);
  });
});

/** Returns `actual` with {@link ANY} wherever `expected` has it. */
function mask(actual: unknown, expected: unknown): unknown {
  if (expected === ANY) return ANY;
  if (typeof actual !== "object" || typeof expected !== "object" || !actual || !expected) {
    return actual;
  }
  const masked = Object.entries(actual).map(([name, value]): [string, unknown] => [
    name,
    mask(value, Reflect.get(expected, name)),
  ]);
  return Array.isArray(actual) ? masked.map(([, value]) => value) : Object.fromEntries(masked);
}
