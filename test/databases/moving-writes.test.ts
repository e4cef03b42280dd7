// The promise: while a tenant moves its writes wait, for a bounded time, and each happens once. Its reads do not wait.

import { expect } from "chai";
import { openDatabase } from "../../src/database/open-database.ts";
import { nearestEntry } from "../../src/database/routes/names.ts";
import { entryOf } from "../../src/entry.ts";
import { parseHost } from "../../src/host.ts";
import { createTenant } from "../../src/tenant.ts";
import { codeOf } from "../support/rejection.ts";
import { useDatabases } from "../support/database/several-databases.ts";
import type { WireFrame } from "../support/network/wire.ts";
import { until } from "../support/until.ts";

const NAME = nearestEntry(entryOf(parseHost("acme.test")));

describe("openDatabase() during a move", () => {
  const several = useDatabases({ home: {}, eu: { acme: "acme.test" } }, { moveWaitMs: 5000 });
  const { databases, count, taps } = several;

  const transit = (at: "home" | "eu", transition: string, status: string): Promise<unknown> =>
    databases[at].sql(
      `update rowhouse.tenant set transition = ${transition}, status = '${status}'`,
    );
  const keysAt = async (at: "home" | "eu"): Promise<unknown> => {
    const [row] = await databases[at].sql(
      "select coalesce(array_agg(key order by key), '{}') as keys from acme.data",
    );
    return row?.["keys"];
  };

  before(async () => {
    await databases.home.sql("delete from rowhouse.pointer");
    await databases.home.addTenants({ acme: "acme.test" });
  });

  beforeEach(async () => {
    await databases.home.sql(`truncate acme.data`);
    await databases.eu.sql(`truncate acme.data`);
    await transit("home", "'moving'", "read_only");
    await transit("eu", "'arriving'", "read_only");
  });

  const insert = (key: number, text = ""): Promise<unknown> => {
    const tenant = several.tenant("acme.test");
    return tenant.batch([tenant`select ${text}`, tenant`insert into data values (${key}, 1)`]);
  };
  /** Waits until a write was refused, and sent again. */
  const waitsAt = async (at: "home" | "eu", messages: number): Promise<void> => {
    await until("the write does not wait", () => taps[at].count("Q") >= messages);
  };

  it("sends a write again when the tenant may write, and reads meanwhile", async () => {
    const asked = await count(async () => {
      const written = insert(1, "x".repeat(500));
      await waitsAt("home", 6);
      await several.tenant("acme.test")`select value from data`;
      await transit("home", "null", "active");
      await written;
    });
    expect(asked["home"]).to.be.greaterThan(6);
    expect(await keysAt("home")).to.deep.equal([1]);
    // It waits by the entry alone, which is a short message.
    const isWhole = ({ from, length }: WireFrame): boolean => from === "client" && length > 500;
    expect(taps.home.frames.filter(isWhole)).to.have.length(2);
  });

  it("follows the tenant to its new database, and waits there until it has arrived", async () => {
    await count(async () => {
      const written = [insert(1), insert(2), insert(3)];
      await waitsAt("home", 9);
      await several.point("home", "acme", "eu");
      await waitsAt("eu", 9);
      await transit("eu", "null", "active");
      await Promise.all(written);
    });
    expect([await keysAt("home"), await keysAt("eu")]).to.deep.equal([[], [1, 2, 3]]);
    await databases.home.sql(
      `delete from rowhouse.pointer`,
      `insert into rowhouse.domain select 'acme.test', schema_name, role_name, status, statement_timeout_ms
         from rowhouse.tenant`,
    );
    several.routes.hints.forget(NAME);
  });

  it("a transaction waits before its work begins, and one that is read only does not", async () => {
    let begun = 0;
    await count(async () => {
      const written = several.tenant("acme.test").begin(async (tx) => {
        begun += 1;
        await tx`insert into data values (4, 1)`;
      });
      await waitsAt("home", 3);
      await several
        .tenant("acme.test")
        .begin(async (tx) => tx`select 1`, { accessMode: "read only" });
      expect(begun).to.equal(0);
      await transit("home", "null", "active");
      await written;
    });
    expect(begun).to.equal(1);
    expect(await keysAt("home")).to.deep.equal([4]);
  });

  it("gives up in time: a write fails as for a tenant that is read-only, a transaction begins", async () => {
    const database = openDatabase({
      url: databases.home.serviceUrl,
      others: { eu: databases.eu.serviceUrl },
      moveWaitMs: 60,
    });
    const tenant = createTenant(database, parseHost("acme.test"));
    expect(await codeOf(tenant`insert into data values (5, 1)`)).to.equal("25006");
    expect(await tenant.begin(async (tx) => tx`select 1 as one`)).to.deep.equal([{ one: 1 }]);
    await database.close(1);
    expect(await keysAt("home")).to.deep.equal([]);
  });

  it("a write of a tenant that is plainly read-only fails at once", async () => {
    await transit("home", "null", "read_only");
    const asked = await count(async () => expect(await codeOf(insert(6))).to.equal("25006"));
    expect(asked).to.deep.equal({ home: 2 });
  });

  it("a write that the statement itself refuses is sent twice at most", async () => {
    await transit("home", "null", "active");
    await databases.home.sql(
      `create or replace function acme.stubborn() returns int language plpgsql as $$
         begin raise exception using errcode = '25006'; end $$`,
    );
    const asked = await count(async () => {
      expect(await codeOf(several.tenant("acme.test")`select stubborn()`)).to.equal("25006");
    });
    expect(asked).to.deep.equal({ home: 4 });
  });

  it("lets thirty-two writes of a tenant wait, and refuses one more at once", async () => {
    const written = Array.from({ length: 32 }, (_, at) => insert(at));
    await until("the writes do not wait", () => {
      return !several.routes.writes.allows({ key: "acme.test" });
    });
    expect(await codeOf(insert(99))).to.equal("25006");
    await transit("home", "null", "active");
    await Promise.all(written);
    expect(await keysAt("home")).to.have.length(32);
  });
});
