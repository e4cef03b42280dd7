// A server or pooler that takes fewer connections than the service wants: nothing fails, and nothing is sent twice. A
// pooler that is far gets more connections than usual, PostgreSQL itself never does.

import { expect } from "chai";
import { openDatabase } from "../../src/database/database.ts";
import { useDatabase } from "../support/database.ts";
import { openDistance } from "../support/distance.ts";
import { redirect } from "../support/redirect.ts";
import { openService } from "../support/service.ts";

const TENANTS = ["acme", "bolt", "cask"];
const KEYS = Array.from({ length: 12 }, (_, key) => key);
const PLACES = "3";
const USUAL = 6;
const MOST = 10;
const GROWN_WITHIN_MS = 10_000;

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

  /** Sends messages until `isEnough`, more at a time than there are connections; returns the most connections. */
  const crowd = async (url: string, isEnough: (open: number) => boolean): Promise<number> => {
    const opened = openDatabase({ url, connections: USUAL, farConnections: MOST });
    let most = 0;
    const send = async (): Promise<void> => {
      const until = performance.now() + GROWN_WITHIN_MS;
      while (!isEnough(most) && performance.now() < until) {
        await opened.send({ statements: ["select 1 as one"] });
        most = Math.max(most, opened.counts().used);
      }
    };
    try {
      await Promise.all(Array.from({ length: 2 * MOST }, send));
    } finally {
      await opened.close(1);
    }
    return most;
  };

  it("a crowd gets more connections to PgBouncer far away, and not to PostgreSQL far away", async () => {
    const pool = await database.startPgBouncer({ poolSize: 2 });
    const toPool = await openDistance(pool.port, 5);
    const direct = new URL(database.serviceUrl);
    const toServer = await openDistance(Number(direct.port), 5);
    try {
      let isGrown = false;
      const [pooled, alone] = await Promise.all([
        crowd(redirect(pool.serviceUrl, toPool.port), (open) => (isGrown = open === MOST)),
        crowd(redirect(database.serviceUrl, toServer.port), () => isGrown),
      ]);
      expect([pooled, alone]).to.deep.equal([MOST, USUAL]);
    } finally {
      await toPool.close();
      await toServer.close();
      await pool.stop();
    }
  });
});
