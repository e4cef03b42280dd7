// adopt-tenants refuses what cannot be adopted, with every reason, before anything changes; and it reads lists of any
// framework.

import { expect } from "chai";
import { useDatabase } from "../../support/database/database.ts";
import { makeSchema, useOldApplication } from "../../support/database/old-application.ts";
import { SERVICE_ROLE } from "../../support/server/server.ts";
import type { VerbResult } from "../../support/program/verb.ts";

describe("adopt-tenants", () => {
  const database = useDatabase({ taken: "taken.example" });
  const old = useOldApplication(database);

  it("refuses with every reason before anything changes, and adopts the others with --skip-refused", async () => {
    await old.make(["bad_ok", "bad_drift", "bad_mixed", "Bad-Name", "bad_ext", "bad_role"]);
    const [row] = await database.sql<{ oid: string }>(
      "select oid::text from pg_database where datname = current_database()",
    );
    const role = `rh_${row?.oid}_bad_role`;
    await database.sql(
      `create role ${role}`,
      "alter table bad_drift.data add note text, drop updated_at",
      `alter table bad_mixed.data owner to ${old.other}`,
      "create extension citext schema bad_ext",
      ...makeSchema(SERVICE_ROLE, "bad_service"),
    );
    const input =
      "host,schema\nok.bad.example,bad_ok\ndrift.bad.example,bad_drift\nmixed.bad.example,bad_mixed\n" +
      "name.bad.example,Bad-Name\next.bad.example,bad_ext\nrole.bad.example,bad_role\n" +
      "none.bad.example,bad_missing\nelsewhere.example,taken\npublic.bad.example,public\nservice.bad.example,bad_service\n";
    const refused = await old.pipe(input);
    expect(refused.status).to.equal(1);
    const expected = [
      'line 3, bad_drift: it fits no version of the migrations; version 1 (0001-data) is the nearest: table "data": ' +
        'column "note" text is not in version 1; correct',
      `line 4, bad_mixed: the schema belongs to "${old.role}" and objects in it to "${old.other}"; give all to one role, ` +
        `as with alter schema "bad_mixed" owner to "${old.other}"`,
      'line 5: Cannot use schema name "Bad-Name": it must be 1 to 48 characters of a-z, 0-9 and "_", and not begin ' +
        'with a digit; run alter schema "Bad-Name" rename to bad_name, tell the old application',
      'line 6, bad_ext: extension "citext" is installed in it; move it to a schema that all tenants share, with ' +
        'alter extension "citext" set schema NAME',
      `line 7, bad_role: role "${role}" exists without a tenant; drop it first`,
      "line 8, bad_missing: its schema does not exist; correct the name, or leave it out",
      'line 9, taken: "taken" is a tenant already, at "taken.example" and not at "elsewhere.example"; ',
      'line 10: Cannot use schema name "public": it is reserved; leave it out',
      `line 11, bad_service: the service role "${SERVICE_ROLE}" owns it or objects in it, and could read them `,
    ];
    const lines = refused.stdout.trimEnd().split("\n");
    expect(lines).to.have.length(expected.length);
    for (const [index, text] of expected.entries()) {
      expect(lines[index]?.slice(0, "Refused ".length + text.length)).to.equal(`Refused ${text}`);
    }
    expect(refused.stderr).to.equal(
      "Cannot adopt tenants: 9 of 10 are refused; nothing was changed, correct them, or adopt the others with " +
        "--skip-refused\n",
    );
    expect(await old.list("bad_")).to.deep.equal([]);
    const others = await old.pipe(input, "--skip-refused");
    expect(others.stdout).to.match(/\nAdopted 1 tenant in .*; 9 refused\n$/);
    expect(others.status).to.equal(3);
    expect(await old.list("bad_")).to.deep.equal(["bad_ok 2 {ok.bad.example}"]);
    const given = await old.pipe(
      "host,schema\ndrift.bad.example,bad_drift\n",
      "--version",
      "0002-updated-at",
    );
    expect(given.stdout).to.include('Note for bad_drift: it differs from version 2: table "data"');
    expect(await old.list("bad_drift")).to.deep.equal(["bad_drift 2 {drift.bad.example}"]);
    await database.sql(`drop role ${role}`);
  });

  it("refuses a host that is taken, in the registry or in the list", async () => {
    await old.make(["host_a", "host_b"]);
    const { stdout } = await old.pipe(
      "host,schema\ntaken.example,host_a\nb.example,host_b\nB.example.,host_c\n",
      "--plan",
    );
    expect(stdout).to.include(
      'Refused line 2, host_a: host "taken.example" belongs to tenant "taken"\n',
    );
    expect(stdout).to.include('Refused line 4, host_c: Host "b.example" is already in line 3\n');
    expect(stdout).to.match(/Would adopt 1 tenant; nothing was changed; 2 refused\n/);
  });

  it("takes one list, and hosts that differ from schema to schema", async () => {
    for (const [parameters, text] of [
      [["--plan"], "it takes one of FILE, --schemas and --query"],
      [["file", "--query", "select 1"], "it takes one of FILE, --schemas and --query"],
      [["--schemas", "a_*"], "--schemas needs --host TEMPLATE"],
      [
        ["--schemas", "a_*", "--host", "a.example"],
        '--host "a.example": it must hold {schema}, or {*}',
      ],
      [["--schemas", "a_*", "--host", "{name}.example"], '--host "{name}.example": it must hold'],
      [["--schemas", "a", "--host", "{*}.example"], '--host with {*} needs one * in "a"'],
    ] as const) {
      const { status, stderr } = await old.adopt(...parameters);
      expect(stderr).to.include(`Cannot run adopt-tenants: ${text}`);
      expect(status).to.equal(2);
    }
    const nothing = await old.adopt("--schemas", "unheard_*", "--host", "{*}.example");
    expect(nothing.stderr).to.equal('Cannot adopt tenants: no schema matches "unheard_*"\n');
  });

  it("reads another framework's tables by --query, which cannot write", async () => {
    await old.make(["asked_a", "asked_b"]);
    await database.sql(
      "create table public.site (name text, domain text)",
      `insert into public.site values ('asked_a', 'asked.example'), ('asked_b', 'b.asked.example'),
         ('asked_a', 'www.asked.example')`,
      "create view public.report as select * from asked_b.data",
      "grant usage on schema asked_b to public",
    );
    const ask = (query: string): Promise<VerbResult> => old.adopt("--query", query);
    const wrong = await ask("select name, domain as host from public.site");
    expect(wrong.stderr).to.match(
      /^Cannot adopt tenants: the query has the columns "name, host", /,
    );
    const writing = await ask(
      "with gone as (delete from public.site returning *) select domain as host, name as schema from gone",
    );
    expect(writing.stderr).to.match(/^Cannot run the query: .* \(SQLSTATE 25006\); /);
    const two = await ask("select 1; drop table public.site");
    expect(two.stderr).to.match(/^Cannot run the query: .* \(SQLSTATE 42601\); /);
    const { stdout } = await ask(
      "select name as schema, domain as host from public.site order by 1, 2",
    );
    expect(stdout).to.match(/^Adopted 2 tenants /);
    expect(stdout).to.include(
      "Note for asked_b: PUBLIC, and so every tenant, has privileges on the schema; revoke them\n",
    );
    expect(stdout).to.include("Note for asked_b: view public.report outside depends on it, ");
    expect(await old.list("asked_")).to.deep.equal([
      "asked_a 2 {asked.example,www.asked.example}",
      "asked_b 2 {b.asked.example}",
    ]);
  });
});
