// A copy is equal to its source: pg_dump writes the same of both, for every kind of object, whoever administers.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { createTenant } from "../../admin/lifecycle/tenant.ts";
import { type Registry, withRegistry } from "../../admin/registry/registry.ts";
import { cloneTenant } from "../../admin/transfer/clone-tenant.ts";
import { exportTenant } from "../../admin/transfer/export-tenant.ts";
import { importTenant } from "../../admin/transfer/import-tenant.ts";
import { moveTenant } from "../../admin/transfer/move/move-tenant.ts";
import { proveArchive } from "../../admin/transfer/prove-archive.ts";
import { type Corpus, openCorpus } from "../support/transfer/corpus.ts";
import { createTestDatabase } from "../support/database/database.ts";
import { type DebianPostgres, startDebianPostgres } from "../support/server/debian-postgres.ts";
import {
  type AdminKind,
  compareDumps,
  type DumpedDatabase,
  makeDumpedDatabases,
} from "../support/transfer/dump-stage.ts";

// A superuser with tenants' roles is the kind that moves to a server of another version.
const KINDS: readonly AdminKind[] = [
  { superuser: true, tenantRoles: false },
  { superuser: false, tenantRoles: true },
];

describe("a copy of a tenant with every kind of object, by pg_dump", function () {
  this.timeout(120_000);
  let server: DebianPostgres;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowhouse-copies-"));
    server = await startDebianPostgres();
  });

  after(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  for (const kind of KINDS) {
    const who = `${kind.superuser ? "a superuser" : "a plain admin"} ${kind.tenantRoles ? "with" : "without"} tenant roles`;
    describe(`of ${who}`, () => {
      let corpus: Corpus;
      let source: DumpedDatabase;
      let target: DumpedDatabase;
      let original: readonly string[];
      const within = <T>({ adminUrl }: DumpedDatabase, work: (registry: Registry) => Promise<T>) =>
        withRegistry(adminUrl, work, corpus.folder);

      before(async () => {
        corpus = await openCorpus(kind.superuser);
        [source, target] = await makeDumpedDatabases(server, kind);
        await within(source, (registry) => createTenant(registry, "corpus", ["corpus.test"]));
        await source.sql(...corpus.later("corpus"));
        original = await source.dump("corpus");
        expect(original.length).to.be.greaterThan(1000);
      });

      after(() => corpus.remove());

      it("cloneTenant() makes an equal one", async () => {
        const wanted = { schemaName: "twin_of_it", hosts: ["twin.test"] };
        await within(source, (registry) => cloneTenant(registry, "corpus", wanted));
        expect(compareDumps(original, await source.dump("twin_of_it"))).to.deep.equal([]);
      });

      it("exportTenant() and importTenant() make an equal one, in another database", async () => {
        const file = join(folder, `${Object.values(kind).join("-")}.zip`);
        const exported = await within(source, (registry) => exportTenant(registry, "corpus", file));
        expect(exported.losses).to.deep.equal([]);
        await within(source, (registry) => proveArchive(registry, file, false));
        const wanted = { schemaName: "brought", hosts: ["brought.test"] };
        await within(target, (registry) => importTenant(registry, file, wanted));
        expect(compareDumps(original, await target.dump("brought"))).to.deep.equal([]);
      });

      it("moveTenant() makes an equal one, in another database", async () => {
        await within(source, (from) =>
          within(target, (to) => moveTenant(from, to, "corpus", { waitMs: 10_000 })),
        );
        expect(compareDumps(original, await target.dump("corpus"))).to.deep.equal([]);
      });
    });
  }

  it("moveTenant() to a server of another version and back makes an equal one", async () => {
    const kind = { superuser: true, tenantRoles: true };
    const corpus = await openCorpus(kind.superuser);
    const [source, back] = await makeDumpedDatabases(server, kind);
    const elsewhere = await createTestDatabase();
    const move = (from: string, to: string): Promise<unknown> =>
      withRegistry(
        from,
        (one) =>
          withRegistry(
            to,
            (other) => moveTenant(one, other, "corpus", { waitMs: 10_000 }),
            corpus.folder,
          ),
        corpus.folder,
      );
    try {
      await elsewhere.sql(
        "create foreign data wrapper nowhere",
        "create server elsewhere foreign data wrapper nowhere",
      );
      await withRegistry(
        source.adminUrl,
        (registry) => createTenant(registry, "corpus", ["corpus.test"]),
        corpus.folder,
      );
      await source.sql(...corpus.later("corpus"));
      const original = await source.dump("corpus");
      await move(source.adminUrl, elsewhere.adminUrl);
      await move(elsewhere.adminUrl, back.adminUrl);
      expect(compareDumps(original, await back.dump("corpus"))).to.deep.equal([]);
    } finally {
      await elsewhere.drop();
      await corpus.remove();
    }
  });
});
