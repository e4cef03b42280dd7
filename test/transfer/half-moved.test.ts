// What verbs may do to a tenant whose move between databases was killed, and to names that home's pointers keep.

import { expect } from "chai";
import { dropRemnant } from "../../admin/databases/remnants.ts";
import type { DroppedTenant } from "../../admin/library/contract/transfer.ts";
import { createAdmin } from "../../admin/library/create-admin.ts";
import { insertDomains } from "../../admin/lifecycle/domain.ts";
import { removeUnfinished } from "../../admin/migrations/unfinished.ts";
import type { AdminError } from "../../admin/registry/admin-error.ts";
import { openRegistry } from "../../admin/registry/registry.ts";
import { withTenantAlone } from "../../admin/registry/tenants/lock.ts";
import { rejection } from "../support/rejection.ts";
import { useSeveralDatabases } from "../support/database/admin-databases.ts";

describe("a tenant between two databases", () => {
  const several = useSeveralDatabases();
  const { home, eu, us } = several;

  const move = (to: string, killedAfter = ""): Promise<unknown> =>
    several.admin().moveTenant("one", {
      to,
      onStep(step) {
        if (step === killedAfter) throw new Error("killed");
      },
    });
  const codeOf = async (work: Promise<unknown>): Promise<string> =>
    ((await rejection(work)) as AdminError).code;

  before(() =>
    several
      .admin()
      .createTenant({ schemaName: "one", hosts: ["one.test", "w.test"], database: "eu" }),
  );

  it("removeUnfinished() keeps the hosts of the tenant that has the name in another database", async () => {
    await home.sql(
      `insert into rowhouse.tenant (schema_name, role_name, status, transition)
       values ('one', 'nobody', 'suspended', 'arriving')`,
    );
    expect(await removeUnfinished(several.registry(), "one", "add tenant")).to.equal(true);
    expect(await several.follow("one.test")).to.equal("one");
  });

  it("dropRemnant() refuses a tenant that lives there", async () => {
    const there = await several.registry().others.find("eu");
    expect(await codeOf(dropRemnant(there, "one"))).to.equal("tenant_in_transition");
    expect(await several.enter(eu, "one.test")).to.equal("one");
  });

  it("every other verb refuses it until the same move has ended", async () => {
    const admin = several.admin();
    await rejection(move("us", "left"));
    const refused = await rejection(admin.dropTenant("one", { backup: false }));
    expect(refused.message).to.equal(
      'Cannot drop tenant: tenant "one" is being moved to database "us"; first finish that with ' +
        "node admin/move-tenant.js one --to us",
    );
    for (const work of [
      () => admin.removeHost("w.test"),
      () => admin.addHost("one", "one.test"),
      () => admin.renameTenant("one", "two"),
      () => admin.dropRemnants("one"),
    ]) {
      expect(await codeOf(work())).to.equal("tenant_in_transition");
    }
    expect([await several.follow("w.test"), await several.follow("one.test")]).to.deep.equal([
      "one",
      "one",
    ]);
    expect(await several.enter(us, "w.test")).to.equal("one");
    expect(await move("us")).to.include({ database: "us" });
    expect((await admin.dropRemnants("one")).databases).to.deep.equal(["eu"]);
  });

  it("a name that home's pointer keeps is not given to another tenant, nor dropped in its place", async () => {
    await home.addTenants({ six: "six.test" });
    const registry = await openRegistry(home.adminUrl);
    const alone = createAdmin(registry, registry.close);
    try {
      expect(await codeOf(alone.renameTenant("six", "one"))).to.equal("name_taken");
      const taken = registry.sequelize.transaction((one) => insertDomains(one, "one", []));
      expect(await codeOf(taken)).to.equal("name_taken");
      const unknown = await rejection(alone.suspendTenant("one"));
      expect(unknown.message).to.match(
        /"one" lives in database "us"; .* in ADMIN_DATABASE_URL_US$/,
      );
      await several.admin().moveTenant("six", { to: "us" });
      const refused = await rejection(alone.dropTenant("six", { backup: false }));
      expect(refused.message).to.match(
        /"six" lives in database "us", .* in ADMIN_DATABASE_URL_US,/,
      );
    } finally {
      await registry.close();
    }
  });

  it("moveTenant() decides nothing after its lock was lost, and goes on by another URL of the target", async () => {
    await us.sql(
      `create function end_lock() returns trigger language plpgsql as $$ begin
         perform pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and query like 'select pg_advisory_lock(%';
         return null;
       end $$`,
      `create trigger end_lock after update on rowhouse.tenant for each row
         when (new.transition = 'moving') execute function end_lock()`,
    );
    expect((await rejection(move("eu"))).message).to.include("keeps other verbs away was lost");
    await us.sql("drop function end_lock cascade");
    expect(await several.follow("one.test")).to.equal("one");
    await us.sql("update rowhouse.tenant set peer = 'old.example:5432/eu'");
    expect(await move("eu")).to.include({ database: "eu", copied: undefined });
  });

  it("a rename that was killed is ended before the tenant is moved or its old name dropped", async () => {
    const admin = several.admin();
    await admin.dropRemnants("one");
    await home.sql(
      "insert into rowhouse.pointer values ('old', 'eu')",
      "update rowhouse.domain set schema_name = 'old' where schema_name = 'one'",
    );
    for (const work of [
      () => move("us"),
      () => admin.dropTenant("old", { backup: false }),
      () => admin.createTenant({ schemaName: "old", hosts: ["x.test"], database: "eu" }),
    ]) {
      expect((await rejection(work())).message).to.match(
        /finish that with .*rename-tenant.js old one$/,
      );
    }
    await admin.renameTenant("old", "one");
    expect(await move("us")).to.include({ database: "us" });
  });

  it("createTenants() refuses a tenant of another database than its own", async () => {
    const wanted = { schemaName: "many", hosts: ["many.test"], database: "eu" };
    const run = several.admin().createTenants([wanted]);
    expect(await codeOf(run.finish())).to.equal("option_invalid");
  });

  it("dropTenant() waits for no creation of the name, and names a database that may keep a pointer", async () => {
    const databases = new Map([
      ["eu", `${eu.adminUrl}_gone`],
      ["us", us.adminUrl],
    ]);
    const registry = await openRegistry(home.adminUrl, { databases });
    const drop = (): Promise<DroppedTenant> =>
      createAdmin(registry, registry.close).dropTenant("one", { backup: false });
    try {
      const busy = withTenantAlone(registry, "one", "add tenant", () => codeOf(drop()));
      expect(await busy).to.equal("tenant_busy");
      expect(await several.follow("one.test")).to.equal("one");
      expect(await drop()).to.deep.include({ unreachable: ["eu"] });
      expect(await several.follow("one.test")).to.equal("RH404");
    } finally {
      await registry.close();
    }
  });
});
