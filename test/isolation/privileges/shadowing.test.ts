// The promise: who may create functions in public or in a tenant's schema, as the owner of an adopted one may, does not get
// the admin role or the service role to run one in a verb's own queries. PostgreSQL would take a function with a closer type
// for its own.

import { expect } from "chai";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { useDatabase } from "../../support/database/database.ts";
import { performVerb } from "../../support/program/verb.ts";

// [name, arguments, result, body]
const FUNCTIONS = [
  ["unnest", "text[]", "setof text", "select pg_catalog.unnest(a)"],
  ["quote_ident", "name", "text", "select pg_catalog.quote_ident(a)"],
  ["format", "text, b name, c name", "text", "select pg_catalog.format(a, b, c)"],
  ["equal", "oid, b regclass", "boolean", "select a operator(pg_catalog.=) b::oid"],
  ["differs", "name, b name", "boolean", "select a operator(pg_catalog.!~) b::text"],
] as const;

const shadow = (schema: string): readonly string[] =>
  FUNCTIONS.map(
    ([name, argument, result, body]) =>
      `create function ${schema}.${name}(a ${argument}) returns ${result} language sql as
         $$ select nextval('public.runs'); ${body} $$`,
  ).concat(
    `create operator ${schema}.= (leftarg = oid, rightarg = regclass, function = ${schema}.equal)`,
    `create operator ${schema}.!~ (leftarg = name, rightarg = name, function = ${schema}.differs)`,
  );

describe("functions that have names of PostgreSQL's own", () => {
  const database = useDatabase({ acme: "acme.example.com" });
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowhouse-shadowing-"));
  });

  after(() => rm(folder, { recursive: true }));

  it("are run by no verb", async () => {
    const role = `${database.name}_old`;
    await database.sql(
      `create role ${role}`,
      `grant create on schema public, acme to ${role}`,
      `grant usage on schema acme to ${role}`,
      `set role ${role}`,
      "create sequence public.runs",
      "grant usage on sequence public.runs to public",
      ...shadow("public"),
      ...shadow("acme"),
      "reset role",
    );
    const settings = { adminUrl: database.adminUrl, env: { DATABASE_URL: database.serviceUrl } };
    for (const [verb, ...parameters] of [
      ["list-tenants"],
      ["status"],
      ["suspend-tenant", "acme"],
      ["resume-tenant", "acme"],
      ["rename-tenant", "acme", "other"],
      ["clone-tenant", "other", "copy", "copy.example.com", "--lossy"],
      ["export-tenant", "other", join(folder, "other.zip")],
      ["drop-tenant", "copy", "--no-backup", "--confirm", "copy"],
      ["each-tenant", "--sql", "select 1", "--as-owner"],
      ["migrate"],
      ["doctor"],
    ] as const) {
      const { status, stdout, stderr } = await performVerb(settings, verb, ...parameters);
      expect(stderr, verb).to.equal("");
      expect(status, `${verb}: ${stdout}`).to.be.oneOf([0, 1, 3]);
      const rows = await database.sql("select is_called from public.runs");
      expect(rows, verb).to.deep.equal([{ is_called: false }]);
    }
    await database.sql("select unnest('{a}'::text[])");
    const rows = await database.sql("select is_called from public.runs");
    expect(rows).to.deep.equal([{ is_called: true }]);
    await database.sql(`drop owned by ${role} cascade`, `drop role ${role}`);
  });
});
