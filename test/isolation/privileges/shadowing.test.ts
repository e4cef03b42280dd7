// The promise: who may create functions in public, as the owner of an old application's database may, never gets the admin
// role or the service role to run one. PostgreSQL would take a function with a closer type for its own.

import { expect } from "chai";
import { useDatabase } from "../../support/database/database.ts";
import { performVerb } from "../../support/program/verb.ts";

const CALLS: readonly (readonly [verb: string, ...parameters: readonly string[]])[] = [
  ["list-tenants"],
  ["status"],
  ["suspend-tenant", "acme"],
  ["resume-tenant", "acme"],
  ["rename-tenant", "acme", "other"],
  ["clone-tenant", "other", "copy", "copy.example.com"],
  ["drop-tenant", "copy", "--no-backup", "--confirm", "copy"],
  ["each-tenant", "--sql", "select 1", "--as-owner"],
  ["migrate"],
  ["doctor"],
];

// [name, arguments, result, body]
const FUNCTIONS = [
  ["unnest", "text[]", "setof text", "select pg_catalog.unnest(a)"],
  ["quote_ident", "name", "text", "select pg_catalog.quote_ident(a)"],
  ["format", "text, b name", "text", "select pg_catalog.format(a, b)"],
  ["format", "text, b name, c name", "text", "select pg_catalog.format(a, b, c)"],
] as const;

describe("functions in public that have names of PostgreSQL's own", () => {
  const database = useDatabase({ acme: "acme.example.com" });

  it("are run by no verb", async () => {
    const role = `${database.name}_old`;
    await database.sql(
      `create role ${role}`,
      `grant create on schema public to ${role}`,
      `set role ${role}`,
      "create sequence public.runs",
      "grant usage on sequence public.runs to public",
      ...FUNCTIONS.map(
        ([name, argument, result, body]) =>
          `create function public.${name}(a ${argument}) returns ${result} language sql as
             $$ select nextval('public.runs'); ${body} $$`,
      ),
      `create function public.equal(a oid, b regclass) returns boolean language sql as
         $$ select nextval('public.runs'); select a operator(pg_catalog.=) b::oid $$`,
      "create operator public.= (leftarg = oid, rightarg = regclass, function = public.equal)",
      "reset role",
    );
    const settings = { adminUrl: database.adminUrl, env: { DATABASE_URL: database.serviceUrl } };
    for (const call of CALLS) {
      const { status, stdout, stderr } = await performVerb(settings, ...call);
      expect(status, `${call.join(" ")}: ${stdout}${stderr}`).to.be.oneOf([0, 1]);
      expect(stderr).to.equal("");
      const rows = await database.sql("select is_called from public.runs");
      expect(rows, call.join(" ")).to.deep.equal([{ is_called: false }]);
    }
    await database.sql("select unnest('{a}'::text[])");
    expect(await database.sql("select is_called from public.runs")).to.deep.equal([
      { is_called: true },
    ]);
    await database.sql(`drop owned by ${role} cascade`, `drop role ${role}`);
  });
});
