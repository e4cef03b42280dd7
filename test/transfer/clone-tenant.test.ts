// A tenant like another: all of it, or nothing.

import { expect } from "chai";
import { withRegistry } from "../../admin/registry/registry.ts";
import { cloneTenant } from "../../admin/transfer/clone-tenant.ts";
import { createTestDatabase, type TestDatabase } from "../support/database/database.ts";
import type { MigrationsFolder } from "../support/sql/migrations.ts";
import { rejection } from "../support/rejection.ts";
import { fillShop, makeShop, readShop } from "../support/transfer/shop.ts";
import { performVerb, type VerbResult } from "../support/program/verb.ts";

describe("clone-tenant", () => {
  let database: TestDatabase;
  let shop: MigrationsFolder;

  const verb = (name: string, ...parameters: readonly string[]): Promise<VerbResult> => {
    const env = { TENANT_MIGRATIONS: shop.folder };
    return performVerb({ adminUrl: database.adminUrl, env }, name, ...parameters);
  };

  before(async () => {
    shop = await makeShop();
    database = await createTestDatabase();
    await database.addTenants({ shop: "shop.example.com" }, shop.folder);
    await fillShop(database, "shop");
  });

  after(async () => {
    await database.drop();
    await shop.remove();
  });

  it("copies rows, sequences, version and timeout, and the two are apart from then on", async () => {
    await database.sql("update rowhouse.tenant set statement_timeout_ms = 1234");
    await verb("migrate", "--tenants", "shop", "--to", "1");
    const before = await readShop(database, "shop");
    const result = await verb("clone-tenant", "shop", "twin", "t.example.com", "--host", "u.test");
    expect(result.stderr).to.equal("");
    expect(result.stdout).to.match(
      /^Cloned tenant "shop" to "twin" at version 1, at t.example.com, u.test: 7 tables, [\d,]+ rows\n$/,
    );
    expect(await readShop(database, "twin")).to.deep.equal(before);
    const rows = await database.sql(
      `select version, statement_timeout_ms as timeout, status, array_agg(host order by host) as hosts
         from rowhouse.tenant join rowhouse.domain using (schema_name, status, statement_timeout_ms)
         where schema_name = 'twin' group by 1, 2, 3`,
    );
    expect(rows).to.deep.equal([
      { version: 1, timeout: 1234, status: "active", hosts: ["t.example.com", "u.test"] },
    ]);
    await database.sql("truncate twin.counter", "select nextval('twin.counter_id_seq')");
    expect(await readShop(database, "shop")).to.deep.equal(before);
    await verb("migrate");
  });

  it("--structure-only has what the migrations make, and no row of the other", async () => {
    const result = await verb("clone-tenant", "shop", "bare", "bare.test", "--structure-only");
    expect(result.status).to.equal(0);
    await database.addTenants({ fresh: "fresh.test" }, shop.folder);
    expect(await readShop(database, "bare")).to.deep.equal(await readShop(database, "fresh"));
  });

  it("refuses what it cannot make, and leaves nothing", async () => {
    const tenants = (): Promise<unknown> =>
      database.sql(
        `select nspname::text as name from pg_namespace where nspname !~ '^pg_'
         union all select rolname from pg_roles union all select host from rowhouse.domain order by 1`,
      );
    const before = await tenants();
    const refuse = async (
      from: string,
      to: string,
      host: string,
      message: RegExp,
    ): Promise<void> => {
      const wanted = { schemaName: to, hosts: [host] };
      const cloned = withRegistry(
        database.adminUrl,
        (registry) => cloneTenant(registry, from, wanted),
        shop.folder,
      );
      expect((await rejection(cloned)).message)
        .to.match(message)
        .and.to.match(/^[^\n]+$/);
    };
    await refuse(
      "nobody",
      "made",
      "made.test",
      /^Cannot clone tenant: tenant "nobody" does not exist/,
    );
    await refuse("shop", "shop", "made.test", /^Cannot add tenant: schema "shop" is a tenant/);
    await refuse(
      "shop",
      "made",
      "shop.example.com",
      /^Cannot add host: "shop.example.com" already belongs/,
    );
    await database.sql("create table shop.by_hand (a int)");
    await refuse(
      "shop",
      "made",
      "made.test",
      /^Cannot clone tenant: a copy of "shop" would not be equal to it: table "by_hand" is not in version 2; /,
    );
    await database.sql("drop table shop.by_hand");
    const result = await verb("clone-tenant", "nobody", "made", "made.test");
    expect(result).to.deep.include({ status: 1, stdout: "" });
    expect(await tenants()).to.deep.equal(before);
  });
});
