// init-db on databases that are missing, new, done already, or another's: what it makes, and what it
// refuses when isolation could not hold.

import { sendText } from "../support/sql/send-text.ts";
import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { createTestDatabase } from "../support/database/database.ts";
import { runAsAdmin, SERVICE_PASSWORD, SERVICE_ROLE, urlOf } from "../support/server/server.ts";
import { openService } from "../support/program/service.ts";
import { runVerb } from "../support/program/verb.ts";

describe("init-db", () => {
  const id = randomBytes(4).toString("hex");
  const admin = `rowhouse_test_admin_${id}`;
  const name = `rowhouse_test_made_${id}`;
  const service = `rowhouse_test_made_service_${id}`;
  const asAdmin = { name: admin, password: "planted-password-92ac" };

  after(() =>
    runAsAdmin("postgres", [
      `drop database if exists ${name} with (force)`,
      `drop role if exists ${service}`,
      `drop role if exists ${admin}`,
    ]),
  );

  it("says that a database is missing, and makes it with --create", async () => {
    const missing = await runVerb(urlOf(name), "init-db", "--service-role", service);
    expect(missing.status).to.equal(1);
    expect(missing.stderr).to.equal(
      `Cannot connect: database "${name}" does not exist; ` +
        "create it with node admin/init-db.js --create\n",
    );
    const made = await runVerb(urlOf(name), "init-db", "--create", "--service-role", service);
    expect(made.status).to.equal(0);
    expect(made.stdout).to.match(
      new RegExp(`^Created and initialised the database: service role "${service}"`),
    );
    expect(made.stdout).to.include("has no password");
  });

  it("changes nothing the second time, and refuses other options", async () => {
    const again = await runVerb(urlOf(name), "init-db", "--create", "--json");
    expect(JSON.parse(again.stdout)).to.deep.equal({
      created: false,
      serviceRole: service,
      tenantRoles: true,
      citus: false,
      createdRole: false,
      migrations: [],
      setConfigRevoked: true,
      openFunctions: [],
      sharedSchemas: [],
      opened: { created: [], tables: [], revoked: [], unreadable: [] },
    });
    const other = await runVerb(urlOf(name), "init-db", "--service-role", SERVICE_ROLE);
    expect(other.status).to.equal(1);
    expect(other.stderr).to.match(
      /^Cannot initialise: this database already uses service role [^\n]*\n$/,
    );
  });

  it("takes a database and a service role whose names begin with lo_, as large-object functions do", async () => {
    const shop = `lo_shop_${id}`;
    const app = `lo_app_${id}`;
    try {
      const made = await runVerb(urlOf(shop), "init-db", "--create", "--service-role", app);
      expect(made.stderr).to.equal("");
      await runAsAdmin("postgres", [`alter role ${app} password '${SERVICE_PASSWORD}'`]);
      await expectTenantsApart(urlOf(shop), shop, app);
      for (const tenant of ["one", "two"]) {
        const parameters = [tenant, "--confirm", tenant, "--no-backup"];
        const dropped = await runVerb(urlOf(shop), "drop-tenant", ...parameters);
        expect(dropped.stderr).to.equal("");
      }
    } finally {
      await runAsAdmin("postgres", [
        `drop database if exists ${shop} with (force)`,
        `drop role if exists ${app}`,
      ]);
    }
  });

  it("five at the same moment all succeed", async () => {
    const database = await createTestDatabase();
    try {
      const results = await Promise.all(
        Array.from({ length: 5 }, () => runVerb(database.adminUrl, "init-db")),
      );
      expect(results.map(({ status, stderr }) => ({ status, stderr }))).to.deep.equal(
        Array.from({ length: 5 }, () => ({ status: 0, stderr: "" })),
      );
    } finally {
      await database.drop();
    }
  });

  it("refuses a service role that no grant can limit", async () => {
    const [row] = await runAsAdmin<{ current_user: string }>("postgres", ["select current_user"]);
    const superuser = row?.current_user ?? "";
    const fresh = `${name}_refused`;
    await runAsAdmin("postgres", [`create database ${fresh}`]);
    try {
      const own = await runVerb(urlOf(fresh), "init-db", "--service-role", superuser);
      expect(own.status).to.equal(1);
      expect(own.stderr).to.match(/^Cannot use ".*" as the service role: it is the admin role; /);
      const [schema] = await runAsAdmin(fresh, ["select to_regnamespace('rowhouse') as found"]);
      expect(schema).to.deep.equal({ found: null });
    } finally {
      await runAsAdmin("postgres", [`drop database ${fresh}`]);
    }
  });

  it("refuses a service role that is a member of another role", async () => {
    const fresh = `${name}_member`;
    const member = `${service}_member`;
    await runAsAdmin("postgres", [
      `create database ${fresh}`,
      `create role ${member} login noinherit in role pg_read_all_data`,
    ]);
    try {
      const { status, stderr } = await runVerb(urlOf(fresh), "init-db", "--service-role", member);
      expect(status).to.equal(1);
      expect(stderr).to.equal(
        `Cannot use "${member}" as the service role: it is a member of "pg_read_all_data"; ` +
          "revoke that membership, or name another role with --service-role\n",
      );
    } finally {
      await runAsAdmin("postgres", [`drop database ${fresh}`, `drop role ${member}`]);
    }
  });

  describe("by an admin role that is no superuser", () => {
    before(async () => {
      await runAsAdmin("postgres", [
        `create role ${admin} login createdb password '${asAdmin.password}'`,
      ]);
    });

    it("names the two ways out when it has no CREATEROLE", async () => {
      const url = urlOf(`${name}_own`, asAdmin);
      const { status, stderr } = await runVerb(url, "init-db", "--create", "--service-role", "x_y");
      await runAsAdmin("postgres", [`drop database ${name}_own`]);
      expect(status).to.equal(1);
      expect(stderr).to.equal(
        `Cannot create roles: "${admin}" does not have CREATEROLE; either let a superuser run ` +
          `ALTER ROLE "${admin}" CREATEROLE, or use an existing role with ` +
          "init-db --no-tenant-roles --service-role NAME\n",
      );
    });

    it("works with --no-tenant-roles and an existing role", async () => {
      const own = `${name}_own`;
      const url = urlOf(own, asAdmin);
      try {
        const options = ["--create", "--no-tenant-roles", "--service-role", SERVICE_ROLE];
        const made = await runVerb(url, "init-db", ...options);
        expect(made.stderr).to.equal("");
        expect(made.stdout).to.include("does not refuse SQL that names another tenant's schema");
        expect(made.stdout).to.include("could not revoke set_config");
        await expectTenantsApart(url, own);
      } finally {
        await runAsAdmin("postgres", [`drop database ${own} with (force)`]);
      }
    });

    it("works with CREATEROLE, and tenants' roles keep schemas apart", async () => {
      const own = `${name}_own`;
      const url = urlOf(own, asAdmin);
      const made = `${service}_two`;
      await runAsAdmin("postgres", [`alter role ${admin} createrole`]);
      try {
        const first = await runVerb(url, "init-db", "--create", "--service-role", made);
        expect(first.stderr).to.equal("");
        await runAsAdmin("postgres", [`alter role ${made} password '${SERVICE_PASSWORD}'`]);
        await expectTenantsApart(url, own, made);
        const service = openService(urlOf(own, { name: made, password: SERVICE_PASSWORD }));
        const entry = `reset role;select rowhouse.enter_tenant('{one.example}')`;
        const foreign = sendText(service.database, `${entry};select * from two.data`);
        const state = await foreign.catch((error: unknown) => Reflect.get(Object(error), "code"));
        expect(state).to.equal("42501");
        await service.close();
      } finally {
        const roles = await runAsAdmin<{ rolname: string }>(own, [
          `select rolname from pg_roles where rolname like
             (select 'rh\\_' || oid || '\\_%' from pg_database where datname = current_database())`,
        ]);
        await runAsAdmin("postgres", [
          `drop database ${own} with (force)`,
          ...roles.map(({ rolname }) => `drop role "${rolname}"`),
          `drop role if exists ${made}`,
        ]);
      }
    });
  });

  async function expectTenantsApart(url: string, own: string, role = SERVICE_ROLE): Promise<void> {
    for (const tenant of ["one", "two"]) {
      const added = await runVerb(url, "add-tenant", `${tenant}.example`, tenant);
      expect(added.stderr).to.equal("");
    }
    const service = openService(urlOf(own, { name: role, password: SERVICE_PASSWORD }));
    try {
      const put = await service.request("one.example", "PUT", "/data/1", { value: 1 });
      expect(put.status, put.text).to.equal(201);
      expect((await service.request("two.example", "GET", "/data/1")).status).to.equal(404);
    } finally {
      await service.close();
    }
  }
});
