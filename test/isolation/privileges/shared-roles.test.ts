// The promise: a role that another database of the server uses is not changed by a verb of this one. A copy that
// `create database … template` has made shares every role with its original.

import { expect } from "chai";
import { renameTenant } from "../../../admin/rename/rename.ts";
import { dropTenant } from "../../../admin/drop/drop.ts";
import { repairTenant } from "../../../admin/repair/repair-tenant.ts";
import { initialise } from "../../../admin/lifecycle/database/initialise.ts";
import { type Registry, withRegistry } from "../../../admin/registry/registry.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database/database.ts";
import { messageOf } from "../../support/rejection.ts";
import { runAsAdmin, SERVICE_ROLE, urlOf } from "../../support/server/server.ts";
import { openService } from "../../support/program/service.ts";

const TENANTS = { acme: "acme.example.com", other: "other.example.com" };

describe("roles that two databases share", () => {
  let database: TestDatabase;
  let copy: string;

  before(async () => {
    database = await createTestDatabase();
    await database.addTenants(TENANTS);
    copy = `${database.name}_copy`;
    await runAsAdmin("postgres", [`create database ${copy} template ${database.name}`]);
  });

  after(async () => {
    await runAsAdmin("postgres", [`drop database ${copy} with (force)`]);
    await database.drop();
  });

  const inCopy = <T>(work: (registry: Registry) => Promise<T>): Promise<T> =>
    withRegistry(urlOf(copy), work);
  const readRoles = (): Promise<object[]> =>
    database.sql(
      `select r.rolname::text, r.rolinherit, m.member::regrole::text from pg_roles as r
         left join pg_auth_members as m on m.roleid = r.oid
        where r.rolname like 'rh\\_%' order by 1, 3`,
    );
  const isServed = async (): Promise<void> => {
    const service = openService(database.serviceUrl);
    try {
      for (const host of Object.values(TENANTS)) {
        expect((await service.request(host, "GET", "/data/1")).status).to.equal(404);
      }
    } finally {
      await service.close();
    }
  };

  it("renameTenant() and dropTenant() leave them as they are", async () => {
    const before = await readRoles();
    const renamed = await inCopy((registry) => renameTenant(registry, "acme", "acme_there"));
    expect(renamed.keptRole).to.include({ database: database.name });
    const { signal } = new AbortController();
    const options = { backup: undefined, signal };
    await inCopy((registry) => dropTenant(registry, "acme_there", options));
    expect(await readRoles()).to.deep.equal(before);
    await isServed();
  });

  it("dropTenant() leaves a role that has a privilege on another database, or a setting there", async () => {
    for (const [make, undo] of [
      ["grant connect on database postgres to $", "revoke connect on database postgres from $"],
      [
        "alter role $ in database postgres set work_mem = '1MB'",
        "alter role $ in database postgres reset work_mem",
      ],
    ] as const) {
      await database.addTenants({ guest: "guest.example.com" });
      const [row] = await database.sql<{ name: string }>(
        "select role_name as name from rowhouse.tenant where schema_name = 'guest'",
      );
      const role = `"${row?.name}"`;
      await database.sql(make.replace("$", role));
      const { signal } = new AbortController();
      const options = { backup: undefined, signal };
      const { keptRole } = await withRegistry(database.adminUrl, (registry) =>
        dropTenant(registry, "guest", options),
      );
      expect(keptRole).to.deep.equal({ roleName: row?.name, database: "postgres" });
      await database.sql(undo.replace("$", role), `drop owned by ${role}`, `drop role ${role}`);
    }
  });

  it("repairTenant() takes nothing from the membership of such a role", async function () {
    if ((await database.serverVersion()) < 16) return;
    const [row] = await database.sql<{ name: string }>(
      "select role_name as name from rowhouse.tenant where schema_name = 'other'",
    );
    await database.sql(`grant "${row?.name}" to ${SERVICE_ROLE} with inherit true`);
    const before = await readRoles();
    const { steps, told } = await inCopy((registry) =>
      repairTenant(registry, "other", { plan: false, emptySchema: false, announce() {} }),
    );
    expect(steps).to.deep.equal([]);
    expect(told[0]).to.match(
      /privileges of role "rh_\d+_other"; Kept role .*: database ".*" uses it$/,
    );
    expect(await readRoles()).to.deep.equal(before);
    await database.sql(`grant "${row?.name}" to ${SERVICE_ROLE} with inherit false`);
  });

  it("initialise() makes no role NOINHERIT that another database uses", async () => {
    const role = `${database.name}_inherits`;
    const fresh = `${database.name}_fresh`;
    await runAsAdmin("postgres", [`create role ${role} login`, `create database ${fresh}`]);
    await database.sql(
      `create table public.theirs (a int)`,
      `grant select on public.theirs to ${role}`,
    );
    try {
      const refused = await messageOf(
        withRegistry(urlOf(fresh), (registry) => initialise(registry, { serviceRole: role })),
      );
      expect(refused).to.include(`but database "${database.name}" uses it; name another`);
      expect(
        await database.sql(`select rolinherit from pg_roles where rolname = '${role}'`),
      ).to.deep.equal([{ rolinherit: true }]);
    } finally {
      await database.sql(`drop table public.theirs`);
      await runAsAdmin("postgres", [`drop database ${fresh} with (force)`, `drop role ${role}`]);
    }
  });
});
