// A server or pooler that takes fewer connections than the service wants: nothing fails, and nothing is sent twice.

import { expect } from "chai";
import { openDatabase } from "../../src/database/open-database.ts";
import { parseHost } from "../../src/host.ts";
import { createTenant } from "../../src/tenant.ts";
import { useDatabase } from "../support/database/database.ts";
import { rejection } from "../support/rejection.ts";
import { openService } from "../support/program/service.ts";

const TENANTS = ["acme", "bolt", "cask"];
const KEYS = Array.from({ length: 12 }, (_, key) => key);
const PLACES = "3";

describe("a server that takes fewer connections than the service wants", () => {
  const database = useDatabase();

  before(() =>
    database.addTenants(Object.fromEntries(TENANTS.map((name) => [name, `${name}.example`]))),
  );

  /** Creates keys in all tenants at once: what is sent twice is answered with 409. */
  const createAll = async (url: string): Promise<void> => {
    await database.sql(TENANTS.map((name) => `delete from ${name}.data`).join(";"));
    const service = openService(url);
    try {
      const answers = await Promise.all(
        TENANTS.flatMap((name) =>
          KEYS.map((key) => service.request(`${name}.example`, "POST", `/data/insert/${key}/1`)),
        ),
      );
      expect(answers.map(({ status }) => status)).to.deep.equal(answers.map(() => 200));
      // Connections of the test itself may have ended meanwhile.
      expect(service.database.counts().max).to.be.within(1, 2 * Number(PLACES));
    } finally {
      await service.close();
    }
  };

  it("a write waits and is sent once when PgBouncer has max_client_conn connections", async () => {
    const pool = await database.startPgBouncer({
      poolSize: 2,
      settings: { max_client_conn: PLACES },
    });
    try {
      await createAll(pool.serviceUrl);
    } finally {
      await pool.stop();
    }
  });

  it("a write waits and is sent once when PostgreSQL has too many connections", async () => {
    const { count } = await openCount();
    await database.sql(
      `alter database ${database.name} connection limit ${count + Number(PLACES)}`,
    );
    try {
      await createAll(database.serviceUrl);
    } finally {
      await database.sql(`alter database ${database.name} connection limit -1`);
    }
  });

  /** The connections of the test itself. */
  const openCount = async (): Promise<{ readonly count: number }> => {
    const [row] = await database.sql(
      `select count(*)::int as count from pg_stat_activity where datname = '${database.name}'`,
    );
    return row as { readonly count: number };
  };

  it("the work of a transaction runs once, whatever connection was refused before", async () => {
    const pool = await database.startPgBouncer({
      poolSize: 2,
      settings: { max_client_conn: PLACES },
    });
    const opened = openDatabase({ url: pool.serviceUrl });
    let begun = 0;
    try {
      await Promise.all(
        KEYS.map(() =>
          opened.transaction(async (link) => {
            begun += 1;
            await link.send(["select 1 as one"]);
          }),
        ),
      );
      expect(begun).to.equal(KEYS.length);
    } finally {
      await opened.close(1);
      await pool.stop();
    }
  });

  for (const [state, message] of [
    ["53300", "sorry, too many clients already"],
    ["08P01", "no more connections allowed (max_client_conn)"],
  ] as const) {
    it(`a tenant's function that raises ${state} is run once, and takes no connection from others`, async () => {
      await database.sql(
        "create sequence acme.runs",
        `create function acme.refuse(state text, message text) returns int language plpgsql security definer
           as $$ begin perform nextval('acme.runs'); raise exception using errcode = state, message = message; end $$`,
      );
      const opened = openDatabase({ url: database.serviceUrl });
      try {
        const { max } = opened.counts();
        const tenant = createTenant(opened, parseHost("acme.example"));
        await rejection(tenant`select refuse(${state}, ${message})`);
        expect(opened.counts()).to.include({ max, idle: 1 });
        const rows = await database.sql("select last_value::int as runs from acme.runs");
        expect(rows).to.deep.equal([{ runs: 1 }]);
      } finally {
        await opened.close(1);
        await database.sql("drop function acme.refuse(text, text)", "drop sequence acme.runs");
      }
    });
  }
});
