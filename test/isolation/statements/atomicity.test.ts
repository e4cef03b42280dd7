// The promise: a message and a transaction happen whole or not at all, and a transaction that has
// ended can send nothing more.

import { sendText } from "../../support/sql/send-text.ts";
import { expect } from "chai";
import { parseHost } from "../../../src/host.ts";
import type { Tag } from "../../../src/query.ts";
import { createTenant, type Tenant, type Transaction } from "../../../src/tenant.ts";
import { useDatabase } from "../../support/database/database.ts";
import { redirect } from "../../support/network/redirect.ts";
import { codeOf, rejection } from "../../support/rejection.ts";
import { serverAddress } from "../../support/server/server.ts";
import { type LocalService, openService } from "../../support/program/service.ts";
import { openWireTap, type WireTap } from "../../support/network/wire.ts";

const HOST = "acme.example.com";
const DIVISION_BY_ZERO = "22012";
const UNIQUE_VIOLATION = "23505";

const put = (tag: Tag, key: number, value: number) =>
  tag`insert into data values (${key}, ${value}) returning key`;
const fail = (tag: Tag) => tag`select 1 / 0`;

describe("atomicity", () => {
  const database = useDatabase({ acme: HOST });
  let tap: WireTap;
  let service: LocalService;
  let tenant: Tenant;

  before(async () => {
    await database.sql(
      `create table acme.late (a int unique deferrable initially deferred)`,
      `insert into acme.late values (1)`,
    );
    tap = await openWireTap(serverAddress());
    const url = redirect(database.serviceUrl, tap.port);
    service = openService(url, { DATABASE_CONNECTIONS: "2" });
    tenant = createTenant(service.database, parseHost(HOST));
  });

  beforeEach(async () => {
    await database.sql(`truncate acme.data`, `insert into acme.data values (1, 10)`);
  });

  after(async () => {
    await service.close();
    await tap.close();
  });

  const stored = async (): Promise<unknown> => {
    const [row] = await database.sql<{ pairs: unknown }>(
      `select json_object_agg(key, value) as pairs from acme.data`,
    );
    return row?.pairs;
  };

  /** Both connections are out of any transaction, and have no lock and no path of a tenant. */
  const expectClean = async (): Promise<void> => {
    expect(
      await database.sql(
        `select state from pg_stat_activity
         where application_name = 'rowhouse' and datname = current_database() and state <> 'idle'`,
      ),
    ).to.deep.equal([]);
    // After an error within rows postgres.js 3.4.9 misplaces the first rows of what is sent next; that
    // is why every entry begins with a command that has none.
    const settings = `current_setting('search_path') as path, current_setting('role') as role`;
    const [, [row] = []] = await sendText(service.database, `select; select ${settings}`);
    expect(row).to.deep.equal({ path: '"$user", public', role: "none" });
  };

  describe("of a message", () => {
    for (const [place, index] of Object.entries({ first: 0, middle: 1, last: 2 })) {
      it(`tenant.batch() undoes every statement when the ${place} fails`, async () => {
        const queries = [put(tenant, 2, 20), put(tenant, 3, 30)];
        queries.splice(index, 0, fail(tenant));
        expect(await codeOf(tenant.batch(queries))).to.equal(DIVISION_BY_ZERO);
        for (const query of queries) expect(await codeOf(query)).to.equal(DIVISION_BY_ZERO);
        expect(await stored()).to.deep.equal({ 1: 10 });
        await expectClean();
      });
    }

    it("tenant.batch() keeps every statement when none fails", async () => {
      await tenant.batch([put(tenant, 2, 20), put(tenant, 3, 30)]);
      expect(await stored()).to.deep.equal({ 1: 10, 2: 20, 3: 30 });
    });

    it("tenant.batch() reports what fails only when the message commits", async () => {
      const late = tenant.batch([
        put(tenant, 2, 20),
        tenant`insert into late values (1) returning a`,
      ]);
      expect(await codeOf(late)).to.equal(UNIQUE_VIOLATION);
      expect(await stored()).to.deep.equal({ 1: 10 });
      await expectClean();
    });

    it("tenant`…` is right after a message that failed when some of its rows were out", async () => {
      const partly = tenant`select 10 / (3 - n) as value from generate_series(1, 5) as n`;
      expect(await codeOf(partly)).to.equal(DIVISION_BY_ZERO);
      expect(await tenant`select key, value from data`).to.deep.equal([{ key: 1, value: 10 }]);
    });

    it("POST /data inserts nothing when one key is there already", async () => {
      const pairs = [2, 1, 3].map((key) => ({ key, value: 20 }));
      const { json } = await service.request(HOST, "POST", "/data", pairs);
      expect(json).to.include({ status: 400, code: "KEY_EXISTS" });
      expect(await stored()).to.deep.equal({ 1: 10 });
      await expectClean();
    });

    it("POST /data inserts nothing when a key comes twice", async () => {
      const pair = { key: 2, value: 20 };
      expect((await service.request(HOST, "POST", "/data", [pair, pair])).status).to.equal(400);
      expect(await stored()).to.deep.equal({ 1: 10 });
    });
  });

  describe("of a transaction", () => {
    it("tenant.begin() keeps everything when the work returns, and returns what it returned", async () => {
      const result = await tenant.begin(async (tx) => {
        await put(tx, 2, 20);
        await tx.batch([put(tx, 3, 30), put(tx, 4, 40)]);
        return "done";
      });
      expect(result).to.equal("done");
      expect(await stored()).to.deep.equal({ 1: 10, 2: 20, 3: 30, 4: 40 });
      await expectClean();
    });

    it("tenant.begin() undoes everything when the work throws, and throws the same", async () => {
      const thrown = new Error("Enough");
      const work = tenant.begin(async (tx) => {
        await put(tx, 2, 20);
        throw thrown;
      });
      expect(await rejection(work)).to.equal(thrown);
      expect(await stored()).to.deep.equal({ 1: 10 });
      await expectClean();
    });

    it("tenant.begin() undoes everything when a statement failed and its error was caught", async () => {
      const work = tenant.begin(async (tx) => {
        await put(tx, 2, 20);
        await rejection(fail(tx));
        return "fine";
      });
      expect(await codeOf(work)).to.equal(DIVISION_BY_ZERO);
      expect(await stored()).to.deep.equal({ 1: 10 });
      await expectClean();
    });

    it("tenant.begin() says so when a statement failed that nobody awaited", async () => {
      const work = tenant.begin(async (tx) => {
        await put(tx, 2, 20);
        void rejection(fail(tx));
        return "fine";
      });
      expect(await codeOf(work)).to.equal(DIVISION_BY_ZERO);
      expect(await stored()).to.deep.equal({ 1: 10 });
    });

    it("tenant.begin() reports what fails only at COMMIT", async () => {
      const work = tenant.begin(async (tx) => {
        await put(tx, 2, 20);
        await tx`insert into late values (1) returning a`;
      });
      expect(await codeOf(work)).to.equal(UNIQUE_VIOLATION);
      expect(await stored()).to.deep.equal({ 1: 10 });
      await expectClean();
    });

    it("tenant.begin() does no work for a host that no tenant has", async () => {
      let worked = false;
      const nobody = createTenant(service.database, parseHost("nobody.example.com"));
      const work = nobody.begin(async () => (worked = true));
      expect(await codeOf(work)).to.equal("RH404");
      expect(worked).to.equal(false);
      await expectClean();
    });

    it("tx.savepoint() undoes its own work when it throws, and the transaction goes on", async () => {
      const thrown = new Error("Enough");
      await tenant.begin(async (tx) => {
        await put(tx, 2, 20);
        const inner = tx.savepoint(async (nested) => {
          await put(nested, 3, 30);
          await nested.savepoint(async (deeper) => void (await put(deeper, 4, 40)));
          throw thrown;
        });
        expect(await rejection(inner)).to.equal(thrown);
        const failing = tx.savepoint(async (nested) => void (await put(nested, 1, 0)));
        expect(await codeOf(failing)).to.equal(UNIQUE_VIOLATION);
        await tx.savepoint(async (nested) => void (await put(nested, 5, 50)));
      });
      expect(await stored()).to.deep.equal({ 1: 10, 2: 20, 5: 50 });
      await expectClean();
    });

    it("tenant`…` inside begin() is another transaction, on another connection", async () => {
      const work = tenant.begin(async (tx) => {
        await put(tx, 2, 20);
        const pid = (tag: Tag) => tag`select pg_backend_pid() as pid, count(*)::int from data`;
        const [[inside], [outside]] = [await pid(tx), await pid(tenant)];
        expect(inside?.["count"]).to.equal(2);
        expect(outside?.["count"]).to.equal(1);
        expect(outside?.["pid"]).to.not.equal(inside?.["pid"]);
        await put(tenant, 3, 30);
        throw new Error("Enough");
      });
      expect((await rejection(work)).message).to.equal("Enough");
      expect(await stored()).to.deep.equal({ 1: 10, 3: 30 });
    });

    it("tx refuses everything after its end, and sends nothing", async () => {
      const leaked: Transaction[] = [];
      let unsent: PromiseLike<unknown> | undefined;
      await tenant.begin(async (tx) => {
        unsent = put(tx, 2, 20);
        await tx.savepoint(async (nested) => void leaked.push(tx, nested));
      });
      await rejection(
        tenant.begin(async (tx) => {
          leaked.push(tx);
          throw new Error("Enough");
        }),
      );
      tap.clear();
      if (unsent) expect((await rejection(unsent)).message).to.match(/has ended/);
      for (const tx of leaked) {
        expect((await rejection(put(tx, 3, 30))).message).to.match(/has ended/);
        expect((await rejection(tx.batch([put(tx, 4, 40)]))).message).to.match(/has ended/);
        expect((await rejection(tx.savepoint(async () => null))).message).to.match(/has ended/);
      }
      expect(await stored()).to.deep.equal({ 1: 10 });
      expect([tap.frames, leaked.length]).to.deep.equal([[], 3]);
    });

    it("tx takes no statement of the tenant, nor the tenant one of tx", async () => {
      await tenant.begin(async (tx) => {
        expect(await rejection(tx.batch([put(tenant, 2, 20)]))).to.be.instanceOf(TypeError);
        expect(await rejection(tenant.batch([put(tx, 3, 30)]))).to.be.instanceOf(TypeError);
      });
      expect(await stored()).to.deep.equal({ 1: 10 });
    });
  });
});
