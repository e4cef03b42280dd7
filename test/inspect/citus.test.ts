// What Rowhouse decides on a Citus cluster, before a catalog that looks like the coordinator's.

import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { type Cluster, readCluster } from "../../admin/citus/cluster.ts";
import { clusterProblems } from "../../admin/citus/findings.ts";
import { createSizes } from "../../admin/console/fleet/sizes.ts";
import { readStatus } from "../../admin/inspect/status.ts";
import { createDatabase } from "../../admin/lifecycle/database/create-database.ts";
import { createTenant } from "../../admin/lifecycle/tenant.ts";
import { initialise } from "../../admin/lifecycle/database/initialise.ts";
import { findOpenFunctions } from "../../admin/registry/roles/closed-functions.ts";
import { repairTenant } from "../../admin/repair/repair-tenant.ts";
import { cloneTenant } from "../../admin/transfer/clone-tenant.ts";
import { withSnapshot } from "../../admin/transfer/rows/snapshot.ts";
import { plantCitus, SHARD_BYTES, SOUND } from "../support/server/fake-citus.ts";
import { messageOf } from "../support/rejection.ts";
import { dropDatabase, runAsAdmin, SERVICE_ROLE, urlOf } from "../support/server/server.ts";
import { useRegistry } from "../support/database/use-registry.ts";
import { runVerb } from "../support/program/verb.ts";

describe("Citus", () => {
  const name = `rowhouse_test_citus_${randomBytes(4).toString("hex")}`;
  const within = useRegistry(() => urlOf(name));
  const sql = <R extends object>(...commands: string[]): Promise<R[]> =>
    runAsAdmin<R>(name, commands);
  const names = async (text: string): Promise<readonly string[]> =>
    (await sql<{ name: string }>(text)).map((row) => row.name);

  before(async () => {
    await runAsAdmin("postgres", [`create database ${name}`]);
    await plantCitus(name);
    // The operator's own default must not decide.
    await sql(`alter database ${name} set citus.enable_schema_based_sharding = on`);
  });

  after(() => dropDatabase(name));

  it("init-db refuses a worker, and a version without schema-based sharding", async () => {
    const refused = (): Promise<string> => within((registry) => messageOf(initialise(registry)));
    await sql("update pg_catalog.pg_dist_local_group set groupid = 3");
    expect(await refused()).to.match(
      /^Cannot initialise: this node is worker 3 of a Citus cluster/,
    );
    await sql(
      "update pg_catalog.pg_dist_local_group set groupid = 0",
      "set allow_system_table_mods = on",
      "alter table pg_catalog.pg_dist_schema rename to hidden",
    );
    expect(await refused()).to.match(/^Cannot initialise: Citus is "13.2-1", must be 12 or newer/);
    await sql(
      "set allow_system_table_mods = on",
      "alter table pg_catalog.hidden rename to pg_dist_schema",
    );
  });

  it("createDatabase() leaves the databases of a cluster to its operator", async () => {
    await runAsAdmin("postgres", ["alter database postgres set citus.shard_count = 32"]);
    try {
      expect(await messageOf(createDatabase(urlOf(`${name}_2`)))).to.match(
        /^Cannot create database "[a-z_0-9]+": the server has Citus, and every node/,
      );
      expect(await createDatabase(urlOf(name))).to.equal(false);
    } finally {
      await runAsAdmin("postgres", ["alter database postgres reset citus.shard_count"]);
    }
  });

  it("init-db makes tenant roles only when they are asked for, and says why", async () => {
    const both = await runVerb(urlOf(name), "init-db", "--tenant-roles", "--no-tenant-roles");
    expect([both.status, both.stderr]).to.deep.equal([
      2,
      "Cannot run init-db: --tenant-roles and --no-tenant-roles contradict each other; give one of them; " +
        "see node admin/init-db.js --help\n",
    ]);
    const options = { serviceRole: SERVICE_ROLE, tenantRoles: true };
    expect(await within((registry) => initialise(registry, options))).to.include({
      citus: true,
      tenantRoles: true,
    });
    await sql("drop schema rowhouse cascade", "truncate citus_internal.propagated");
    const made = await runVerb(urlOf(name), "init-db", "--service-role", SERVICE_ROLE);
    expect(made.stdout).to.include("Without tenant roles, because this is Citus: each connection");
    expect(
      await names("select tenant_roles::text as name from rowhouse.installation"),
    ).to.deep.equal(["false"]);
  });

  it("init-db keeps the registry on the coordinator, and closes the functions of Citus", async () => {
    expect(
      await names("select schemaid::regnamespace::text as name from pg_dist_schema"),
    ).to.deep.equal([]);
    const open = await within(({ sequelize }) => sequelize.transaction(findOpenFunctions));
    expect(open).to.deep.equal([]);
    const [row] = await sql(
      "select has_function_privilege('public', 'run_command_on_workers(text, bool)', 'EXECUTE') as may",
    );
    expect(row).to.deep.equal({ may: false });
  });

  it("a tenant's schema is distributed, and the reference of the drift stays on its node", async () => {
    await sql("truncate citus_internal.propagated");
    await within((registry) => createTenant(registry, "acme", ["acme.example"]));
    const distributed = "select schemaid::regnamespace::text as name from pg_dist_schema";
    expect(await names(distributed)).to.deep.equal(["acme"]);
    // The tenant is compared with a reference when it is created.
    const made = "select identity as name from citus_internal.propagated order by 1";
    expect(await names(made)).to.deep.equal(["acme", "acme.data"]);
    await within((registry) =>
      cloneTenant(registry, "acme", { schemaName: "copy", hosts: ["copy.example"] }),
    );
    expect(await names(`${distributed} order by 1`)).to.deep.equal(["acme", "copy"]);
  });

  it("repair distributes a schema that it creates again", async () => {
    await sql(
      "drop schema copy cascade",
      "delete from pg_dist_schema where schemaid not in (select oid from pg_namespace)",
    );
    const options = { plan: false, emptySchema: true, announce: () => {} };
    await within((registry) => repairTenant(registry, "copy", options));
    expect(
      await names("select schemaid::regnamespace::text as name from pg_dist_schema order by 1"),
    ).to.deep.equal(["acme", "copy"]);
  });

  it("withSnapshot() keeps writers away by locks on this node alone", async () => {
    const seen = await within((registry) =>
      withSnapshot(registry, "acme", { action: "export tenant" }, async ({ client, bytes }) => {
        const { rows } = await client.query<{ mode: string; propagation: string }>(
          `select mode, current_setting('citus.enable_ddl_propagation') as propagation from pg_locks
            where pid = pg_backend_pid() and relation = 'acme.data'::regclass and mode = 'ShareLock'`,
        );
        return { rows, bytes };
      }),
    );
    expect(seen).to.deep.equal({
      rows: [{ mode: "ShareLock", propagation: "off" }],
      bytes: SHARD_BYTES,
    });
  });

  it("createSizes() reads the sizes of the shards", async () => {
    const { bytes, estimated } = await within((registry) =>
      createSizes(registry, { report: () => {}, explain: String }).read(),
    );
    expect([bytes, estimated]).to.deep.equal([[SHARD_BYTES, SHARD_BYTES], false]);
  });

  it("status tells of a local tenant and a silent worker, and takes no schema of the extension for a stray", async () => {
    await sql(
      `insert into citus_internal.answer values ('worker-1', 5432, true, '1000 0'),
         ('worker-2', 5432, false, 'failed to connect to worker-2:5432')`,
      "delete from pg_dist_schema where schemaid = 'copy'::regnamespace",
    );
    const status = await within((registry) => readStatus(registry, {}, false));
    expect(status.strays?.schemas).to.deep.equal([]);
    expect(status.cluster).to.have.length(2);
    expect(status.cluster[0]).to.match(/^1 tenant has all rows on the coordinator: copy; /);
    expect(status.cluster[1]).to.match(
      /^worker worker-2:5432 does not answer: failed to connect to worker-2:5432; /,
    );
    const cluster = await within(readCluster);
    expect(cluster?.workers[0]).to.deep.equal({ ...SOUND.workers[0], maxConnections: 1000 });
  });

  it("readCluster() does not wait for a frozen worker", async () => {
    await sql(
      `create or replace function pg_catalog.run_command_on_workers(command text, parallel bool default true,
         out nodename text, out nodeport int, out success bool, out result text) returns setof record language sql
         as 'select ''w'', 1, true, '''' from pg_sleep(3600)'`,
    );
    const cluster = await within((registry) => readCluster(registry, 100));
    expect(cluster?.problem).to.equal("Query read timeout");
    expect(cluster && clusterProblems(cluster).at(-1)).to.match(
      /^the workers did not answer in time: /,
    );
  });

  for (const [what, change, seen] of [
    ["nothing", {}, undefined],
    [
      "a service at a worker",
      { workers: [{ ...SOUND.workers[0], directSessions: 4 }] },
      /^4 sessions of the service role lead to worker worker-1:5432/,
    ],
    [
      "workers with fewer connections than the coordinator",
      { clients: 300 },
      /^worker worker-1:5432 accepts 100 connections, and the coordinator may open 300; /,
    ],
    [
      "roles that fill the workers",
      { tenantRoles: true, clients: 20 },
      /^worker worker-1:5432 accepts 100 connections, and the coordinator may open 1000; /,
    ],
    [
      "a node out of use",
      { disabled: ["worker-2:5432"] },
      /^1 node is out of use: worker-2:5432; /,
    ],
    [
      "the wrong node",
      { groupId: 2 },
      /^this node is worker 2, and the registry is on the coordinator; /,
    ],
  ] satisfies readonly (readonly [string, object, RegExp | undefined])[]) {
    it(`clusterProblems() names ${what}`, () => {
      const problems = clusterProblems({ ...SOUND, ...change } as Cluster);
      if (seen === undefined) expect(problems).to.deep.equal([]);
      else expect(problems[0]).to.match(seen);
    });
  }
});
